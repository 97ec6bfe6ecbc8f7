"""Words, texts, reasons, opinions and advice, continued: question, answer, thought. Data only."""

from __future__ import annotations

# fmt: off
MORE_WORDS = (
    ('Is it rude to be five minutes late?', 'Among friends hardly, at work rather yes.', 'This asks for an opinion, so I need no tool.'),
    ('What number do you like best?', 'I like 42, for the sake of a funny book.', 'This asks for an opinion, so I need no tool.'),
    ('Can you pick a number between 1 and 10?', 'I pick 7!', 'There is nothing to work out here, so I need no tool.'),
    ('What is source code?', 'Source code is the text of a program.', 'This asks for a meaning, so I need no tool.'),
    ('What is a repository?', "A place where a project's code and its history are kept.", 'This asks for a meaning, so I need no tool.'),
    ('What does a function do in a program?', 'It does one task and can be called again and again.', 'This asks for an explanation, so I need no tool.'),
    ("what's git", 'Git is a program that records the versions of your files.', 'This asks for a meaning, so I need no tool.'),
    ('What is a class in programming?', 'A class is a plan from which objects are made.', 'This asks for a meaning, so I need no tool.'),
    ("What's a bug in software?", 'A bug is a mistake in a program.', 'This asks for a meaning, so I need no tool.'),
    ('what is a database', 'A database is an ordered store of data.', 'This asks for a meaning, so I need no tool.'),
    ('What is a cache good for?', 'It keeps data close by, so that it is found faster.', 'This asks for an explanation, so I need no tool.'),
    ("What's the difference between a loop and a function?", 'A loop repeats steps, a function gives steps a name.', 'This asks for an explanation, so I need no tool.'),
    ('What is a unit test?', 'A small program that checks one piece of code.', 'This asks for a meaning, so I need no tool.'),
    ('what does www mean in a web adress', 'It means World Wide Web.', 'This asks for a meaning, so I need no tool.'),
    ('Which language should a beginner learn to code in?', 'Python is a good first language.', 'I can give advice without a tool.'),
    ('What is a calculator?', 'A calculator is a device that does sums.', 'This asks for a meaning, so I need no tool.'),
    ('what day is the best day for washing clothes?', 'Any dry and windy day is good.', 'I can give advice without a tool.'),
    ('What is the price of a good friendship?', 'Time, honesty and kindness.', 'This asks for an opinion, so I need no tool.'),
    ('Is today a good day for a new start?', 'Every day is a good day for a new start!', 'This asks for an opinion, so I need no tool.'),
    ('What is Git good for? I am not a programmer.', 'It keeps every version of your files safe.', 'This asks for an explanation, so I need no tool.'),
    ('How do I reverse a car into a small space?', 'Go slowly, use the mirrors and turn the wheel early.', 'I can give advice without a tool.'),
    ('How do I sort my laundry?', 'By colour, and by how hot it may be washed.', 'I can give advice without a tool.'),
    ('What does it mean to read between the lines?', 'To understand what is meant but not said.', 'This asks for a meaning, so I need no tool.'),
    ('How many words should an essay have, generally speaking?', 'Often 500 to 1000, but the teacher decides.', 'I can give advice without a tool.'),
    ('What is the capital letter for, in English?', 'For names, the word I and the start of a sentence.', 'This asks for an explanation, so I need no tool.'),
)
