"""The bank of worked examples for CODE_SEARCH: question, argument, result, answer, thought. Data only.

The results are as the tool writes them, of code that is nobody's. Wide rather than deep: each way of asking once.
"""

from __future__ import annotations

from orchestrator.types import Example

# fmt: off
EXAMPLES = (
    Example("Where do we validate the e-mail?", "validate e-mail address", 'app/forms.py:12-14 check_email\ndef check_email(text):\n    if "@" not in text:\n        raise ValueError(text)', "check_email in app/forms.py, line 12, validates the e-mail.", "The code has to be searched for the validation of e-mails."),
    Example("Which function parses the config file?", "parse config file", "src/settings.py:40-42 load_settings\ndef load_settings(path):\n    return toml.loads(path.read_text())", "load_settings in src/settings.py, line 40, parses the config file.", "I search the code for what parses the config."),
    Example("How are passwords hashed in this project?", "hash password", "auth/crypto.go:8-10 HashPassword\nfunc HashPassword(p string) ([]byte, error) {\n\treturn bcrypt.GenerateFromPassword([]byte(p), 12)\n}", "HashPassword in auth/crypto.go hashes them with bcrypt, cost 12.", "I search the code for the hashing of passwords."),
    Example("Show me the definition of create_user.", "create_user", "app/users.py:20-22 create_user\ndef create_user(name, email):\n    user = User(name, email)\n    return store.add(user)", "create_user in app/users.py, line 20, makes a User and adds it to the store.", "I search for the name."),
    Example("Where is the class ShoppingCart?", "class ShoppingCart", "shop/cart.ts:5-7 ShoppingCart\nexport class ShoppingCart {\n  private items: Item[] = []\n}", "ShoppingCart is in shop/cart.ts, line 5.", "I search for the class by its name."),
    Example("What does the function retry_request do?", "retry_request", "net/client.py:33-36 retry_request\ndef retry_request(send, tries=3):\n    for _ in range(tries):\n        if (reply := send()).ok:\n            return reply", "It sends the request up to three times until the reply is ok.", "I have to read the function first."),
    Example("How does the code connect to the database?", "connect to database", "db/pool.js:3-5 openPool\nexport function openPool () {\n  return new Pool({ max: 10 })\n}", "openPool in db/pool.js makes a pool of at most 10 connections.", "I search for the connection to the database."),
    Example("Find the code that sends emails.", "send email", "mail/smtp.rb:9-11 Mailer.deliver\ndef deliver(message)\n  @smtp.send_message(message)\nend", "Mailer.deliver in mail/smtp.rb, line 9, sends emails.", "I search for the sending of emails."),
    Example("Where are HTTP routes registered?", "register HTTP route", 'web/app.py:50-52 App.route\ndef route(self, rule):\n    self.rules.append(rule)', "App.route in web/app.py, line 50, registers routes.", "I search for where routes are registered."),
    Example("Which table stores the orders?", "table of orders", "schema.sql:14-17 orders\nCREATE TABLE orders (\n  id integer PRIMARY KEY,\n  total numeric\n);", "The table orders in schema.sql, line 14.", "The schema has to be searched for the table."),
    Example("Is there any rate limiting in this repository?", "rate limit", "api/limit.py:7-9 RateLimit.allow\ndef allow(self, key):\n    return self.bucket(key).take()", "Yes: RateLimit.allow in api/limit.py, line 7.", "I search the code for rate limits."),
    Example("How do we handle errors when uploading files?", "upload file error handling", "files/upload.java:30-32 Uploader.store\ncatch (IOException e) {\n  throw new UploadFailed(e);\n}", "Uploader.store turns an IOException into UploadFailed.", "I search for the upload and its errors."),
    Example("In which file is the cache cleared?", "clear cache", "cache.rs:18-20 Cache.clear\npub fn clear(&mut self) {\n    self.entries.clear();\n}", "In cache.rs, line 18.", "I search for what clears the cache."),
    Example("Does our code support Kafka?", "kafka", "Nothing in the code fits 'kafka' well. The closest file is queue/worker.py.", "No code for Kafka was found.", "I search the code for Kafka."),
)
