#!/usr/bin/env python3
"""The same work the way most offices would script it: openpyxl reads, sqlite3 keeps, SQL means.

It checks nothing, keeps no addresses and draws no report. usage: load.py FOLDER DATABASE
"""
import pathlib
import sqlite3
import sys

import openpyxl

folder, database = pathlib.Path(sys.argv[1]), sys.argv[2]
db = sqlite3.connect(database)
db.executescript("""
CREATE TABLE visit (id INTEGER PRIMARY KEY, file TEXT, enterprise TEXT, year INTEGER);
CREATE TABLE rating (visit INTEGER, job TEXT, hires REAL, competency TEXT, measure TEXT, value REAL);
""")


def record(sheet):
    """A record sheet: label, answer, hint, key."""
    return {row[3]: row[1] for row in sheet.iter_rows(values_only=True) if len(row) > 3 and row[3]}


def ratings(sheet):
    """The jobs sheet: headers, a hidden row of keys, then a row per job."""
    keys = None
    for row in sheet.iter_rows(values_only=True):
        if keys is None:
            if "job_title" in row:
                keys = row
            continue
        cells = dict(zip(keys, row))
        if not cells.get("job_title"):
            continue
        for key, value in cells.items():
            if key and ":" in key and value is not None:
                measure, competency = key.split(":")
                yield cells["job_title"], cells.get("planned_hires"), competency, measure, value


for n, path in enumerate(sorted(folder.rglob("visits/*.xlsx")), 1):
    book = openpyxl.load_workbook(path, data_only=True)
    visit = None
    for sheet in book.worksheets:
        if sheet.title.startswith("走访"):
            visit = record(sheet)
            db.execute("INSERT INTO visit VALUES (?,?,?,?)",
                       (n, path.name, visit.get("enterprise_name"), visit.get("survey_year")))
        if sheet.title.startswith("岗位"):
            db.executemany("INSERT INTO rating VALUES (?,?,?,?,?,?)", ((n, *r) for r in ratings(sheet)))
db.commit()

for row in db.execute("""
    SELECT year, competency, measure, sum(hires * value) / sum(hires), count(*)
    FROM rating JOIN visit ON visit.id = rating.visit
    WHERE typeof(value) != 'text' AND typeof(hires) != 'text'
    GROUP BY year, competency, measure"""):
    print(*row, sep="\t")
