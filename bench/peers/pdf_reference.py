"""The reference system's way to a PDF credential, with pypdf and reportlab: the template is read, an overlay drawn with an embedded
font and merged, and the result encrypted, anew for each learner. The font is read for each document, as there, and for comparison once.
Prints documents per second of processor time as JSON.

Arguments: template, font (TrueType), seconds per round, rounds."""

import io
import json
import os
import sys
import time

from pypdf import PdfReader, PdfWriter
from pypdf.constants import UserAccessPermissions
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

template, font, seconds, rounds = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
with open(template, "rb") as file:
    template_bytes = file.read()
pdfmetrics.registerFont(TTFont("serif", font))

FIRST = ["Ada", "Łukasz", "Nguyễn", "Олександра", "Ελένη", "Mary", "Jürgen", "Zoë", "Søren", "Василь", "Γιώργος", "François"]
LAST = ["Lovelace", "Wójcik", "Thị Ánh", "Коваленко", "Παπαδοπούλου", "O'Connor", "Müller", "Çelik", "Ångström", "Đặng", "Dvořák"]


def make(number, encrypt, keep_font):
    if not keep_font:
        pdfmetrics.registerFont(TTFont("serif", font))
    page = PdfReader(io.BytesIO(template_bytes)).pages[0]
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    overlay = io.BytesIO()
    canvas = Canvas(overlay, pagesize=(width, height))
    name = f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]} {number}"
    verify = f"6f1c7a10-0f6b-41f1-9d0f-{number:012d}"
    texts = [(name, 32, 290, 0), ("Demonstration Course", 28, 220, 0), ("March 1, 2026", 12, 120, 1), (verify, 8, 60, 0)]
    for text, size, y, space in texts:
        canvas.setFont("serif", size)
        x = (width - pdfmetrics.stringWidth(text, "serif", size)) / 2
        canvas.drawString(x, y, text, charSpace=space)
    canvas.save()
    writer = PdfWriter()
    page.merge_page(PdfReader(overlay).pages[0])
    writer.add_page(page)
    if encrypt:
        allowed = UserAccessPermissions.PRINT | UserAccessPermissions.PRINT_TO_REPRESENTATION
        writer.encrypt("", os.urandom(16).hex(), permissions_flag=allowed, algorithm="AES-256")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def speed(encrypt, keep_font):
    begun, number = time.process_time(), 0
    while time.process_time() - begun < seconds:
        make(number, encrypt, keep_font)
        number += 1
    return number / (time.process_time() - begun)


def median(values):
    return sorted(values)[len(values) // 2]


CONTENDERS = [(encrypt, keep_font) for keep_font in (False, True) for encrypt in (False, True)]
for contender in CONTENDERS:
    make(0, *contender)
speeds = [[speed(*contender) for contender in CONTENDERS] for _ in range(rounds)]
medians = [median(column) for column in zip(*speeds)]
print(json.dumps({"fontEachTime": medians[:2], "fontOnce": medians[2:], "bytes": len(make(0, False, True))}))
