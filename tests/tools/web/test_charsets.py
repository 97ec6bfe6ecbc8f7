"""Character sets as browsers read them: the byte order mark, the server's label, the page's own label, or a guess."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.tools._web.charsets import decoded

JAPANESE = "私はその人を常に先生と呼んでいた。だからここでもただ先生と書くだけで本名は打ち明けない。"
CHINESE = "中华人民共和国位于亚洲东部，太平洋西岸，是世界上人口最多的国家之一。"
KOREAN = "한국어는 대한민국과 조선민주주의인민공화국의 공용어이다. 오늘은 날씨가 좋다."
RUSSIAN = "Москва — столица России, город федерального значения. Сегодня хорошая погода."


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("gb2312", "gbk", "中国人民銀行 朱镕基"),  # 镕 is in GBK only
        ("GBK", "gb18030", "中文 🙂"),
        ("x-gbk", "gbk", "鷄"),
        ("gb_2312-80", "gbk", "喆"),
        ("shift_jis", "cp932", "①株式会社㈱ 髙"),
        ("x-sjis", "cp932", "①"),
        ("ms_kanji", "cp932", "㈱"),
        ("windows-31j", "cp932", "髙"),
        ("euc-kr", "cp949", "똠방각하 한국어"),  # 똠 is in the extension only
        ("ks_c_5601-1987", "cp949", "똠"),
        ("korean", "cp949", "햏"),
        ("big5", "big5hkscs", "台灣 香港啲"),
        ("cn-big5", "big5", "台灣"),
        ("euc-jp", "euc_jp", "日本語"),
        ("iso-2022-jp", "iso2022_jp", "日本語"),
        ("iso-8859-1", "cp1252", "“café” – 5 €"),
        ("latin1", "cp1252", "€"),
        ("us-ascii", "cp1252", "’"),
        ("ansi_x3.4-1968", "cp1252", "…"),
        ("iso-8859-9", "cp1254", "İstanbul €"),
        ("iso-8859-11", "cp874", "กรุงเทพ …"),
        ("tis-620", "cp874", "…"),
        ("cp1251", "cp1251", RUSSIAN),
        ("koi8", "koi8_r", "Москва"),
        ("macintosh", "mac_roman", "café"),
        ("utf8", "utf-8", "naïve"),
        ("unicode-1-1-utf-8", "utf-8", "naïve"),
        (" UTF-8 ", "utf-8", "naïve"),
        ("utf-16", "utf-16-le", "naïve 中"),
        ("utf-16be", "utf-16-be", "naïve 中"),
    ],
)
def test_a_label_means_what_it_means_to_browsers(label, codec, text):
    assert decoded(text.encode(codec), label) == text


@pytest.mark.parametrize(
    ("body", "label", "text"),
    [
        (b"\x80 5 \xd6\xec", "gb2312", "€ 5 朱"),
        (b"\x80", "gb18030", "€"),
        (b"\xad\xa1\xad\xea\xc6\xfc", "euc-jp", "①㈱日"),
        (b"\xad\xe2\xad\xb5", "x-euc-jp", "№Ⅰ"),
        (b"\xfc\xe2\xf9\xa1", "euc-jp", "髙纊"),
        (b"\xc6\xfc\xff\xff \xc6\x80", "euc-jp", "日\ufffd\ufffd \ufffd\ufffd"),
        (b"\xbf\xff \xff", "euc-kr", "\ufffd\ufffd \ufffd"),
    ],
)
def test_signs_that_python_leaves_out_are_read(body, label, text):
    assert decoded(body, label) == text


@pytest.mark.parametrize(
    "label",
    ["undefined", "rot13", "idna", "punycode", "unicode_escape", "utf-7", "base64", "hex", "zlib", "klingon", "none",
     "mbcs", "x" * 500, "utf-8\0", "ütf-8", "raw_unicode_escape", "charset", "binary", "iso-2022-kr", "hz-gb-2312"],
)  # fmt: skip
def test_a_label_that_browsers_do_not_know_counts_as_none(label):
    assert decoded("naïve +ADw- \\u003c".encode(), label) == "naïve +ADw- \\u003c"
    assert decoded(f"<meta charset=koi8-r>{RUSSIAN}".encode("koi8-r", "ignore"), label).endswith("хорошая погода.")


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        ("<meta charset=shift_jis>", "cp932"),
        ("<META CharSet = 'EUC-JP' />", "euc_jp"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">', "cp932"),
        ("<meta content='text/html;charset=\"euc-jp\"' http-equiv=content-type>", "euc_jp"),
        ("<?xml version='1.0' encoding='euc-jp'?>", "euc_jp"),
        ('\n<?xml version="1.0" encoding = "Shift_JIS" standalone="yes"?><rss>', "cp932"),
        ("<!-- <meta charset=koi8-r> --><title>x</title><meta name=a content='charset=koi8-r'><meta charset=sjis>",
         "cp932"),
        ("<script>'<meta charset=koi8-r>'</script><meta charset=euc-jp>", "euc_jp"),
        ("<meta charset=utf-16>", "utf-8"),
        ("<meta charset=klingon>", "utf-8"),
        (f"<title>{'x' * 3_000}</title><meta charset=sjis>", "cp932"),
    ],
)  # fmt: skip
def test_a_page_may_name_its_character_set_itself(head, codec):
    text = f"{head}<p>{JAPANESE}"
    assert decoded(text.encode(codec), "") == text
    assert decoded(text.encode("utf-8"), "utf-8") == text


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_byte_order_mark_counts_most(codec):
    mark = codecs.BOM_UTF16_BE if codec == "utf-16-be" else b""
    text = "<meta charset=koi8-r>naïve"
    assert decoded(mark + text.encode(codec), "shift_jis") == text


@pytest.mark.parametrize("body", [b"\xff\xfe broken", b"\xfe\xff odd text", b"\xff\xfeAB\xd8\xd8\xd8\xd8C"])
def test_bytes_that_only_look_like_a_mark_are_none(body):
    assert decoded(body, "latin1") == body.decode("cp1252")


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (CHINESE, "gb18030"),
        ("臺灣位於東亞，是太平洋西側的島嶼。今天天氣很好，我們去公園散步。", "big5"),
        (KOREAN, "cp949"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN.replace("—", "-"), "koi8_r"),
        ("Η Αθήνα είναι η πρωτεύουσα της Ελλάδας. Σήμερα ο καιρός είναι καλός.", "cp1253"),
        ("ירושלים היא בירת ישראל. היום מזג האוויר יפה מאוד.", "cp1255"),
        ("القاهرة هي عاصمة مصر. الطقس جميل اليوم.", "cp1256"),
        ("กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย วันนี้อากาศดี", "cp874"),
        ("Zażółć gęślą jaźń. Dziś jest piękna pogoda, więc idziemy do parku.", "cp1250"),
        ("Die Straße ist schön und größer als früher.", "cp1252"),
        ("Ça va très bien, où êtes-vous allés à Noël?", "cp1252"),
        ("São Paulo é a maior cidade do Brasil, não é?", "cp1252"),
        ("El Niño", "cp1252"),
        ("It’s 20 °C – “warm”, and costs €5.", "cp1252"),
        ("naïve café", "utf-8"),
    ],
)
def test_without_any_label_the_character_set_is_guessed(text, codec):
    assert decoded(text.encode(codec), "") == text
    page = f"<html><title>Words in English</title><body class=x>{'<i></i>' * 5_000}<p>{text}</p>"
    assert decoded(page.encode(codec), "") == page


def test_a_few_broken_bytes_do_not_change_the_guess():
    text = decoded(JAPANESE.encode() + b"\xff\xfe" + JAPANESE.encode(), "")
    assert text == f"{JAPANESE}\ufffd\ufffd{JAPANESE}"


@given(
    st.binary(max_size=300), st.text(max_size=20) | st.sampled_from(["utf-16", "gbk", "iso-2022-jp", "x-user-defined"])
)
def test_any_bytes_with_any_label_are_text(body, label):
    decoded(body, label).encode()


@given(st.text(), st.sampled_from(["utf-8", "", "klingon"]))
def test_utf_8_is_read_back(text, label):
    assert decoded(text.encode(), label) == text.removeprefix("\ufeff")
