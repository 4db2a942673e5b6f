"""Texts that are code to somebody: a browser, a template, a database, a spreadsheet, a mail server, a reader's eye.

Each runs ``window.hacked`` where a browser takes it for a script, or shows :data:`COMPUTED` where a template does.
"""

from __future__ import annotations

#: What a template makes of ``7*7191``.
COMPUTED = "50337"

SCRIPTS = {
    "script": "<script>window.hacked = 1</script>",
    "image": "<img src=x onerror=window.hacked=1>",
    "vector": "<svg/onload=window.hacked=1>",
    "frame": "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "details": "<details open ontoggle=window.hacked=1>",
    "end of an attribute": '"><img src=x onerror=window.hacked=1>',
    "end of a quoted attribute": "'><svg onload=window.hacked=1>",
    "attribute": '" autofocus onfocus=window.hacked=1 x="',
    "quoted attribute": "' autofocus onfocus=window.hacked=1 x='",
    "end of a text area": "</textarea><script>window.hacked = 1</script>",
    "end of a title": "</title><script>window.hacked = 1</script>",
    "end of a script": "</script><script>window.hacked = 1</script>",
    "end of a style": "</style><script>window.hacked = 1</script>",
    "comment": "--><script>window.hacked = 1</script><!--",
    "text of a script": "'; window.hacked = 1; '",
    "template of a script": "${window.hacked = 1}",
    "link in Markdown": "[ici](javascript:window.hacked=1)",
    "image in Markdown": '![a](x"onerror="window.hacked=1)',
    "reference in Markdown": "<javascript:window.hacked=1>",
    "dialog": "<script>alert(1)</script><img src=x onerror=alert(2)>",
}
TEMPLATES = {
    "Jinja": "{{ 7*7191 }}{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}",
    "expression": "${7*7191} #{7*7191} <%= 7*7191 %>",
    "format": "{title.__class__} {0} {} {person}",
    "percent": "%s %(title)s %d %",
}
PROGRAMS = {
    "SQL": "'; DROP TABLE regional_need; --",
    "SQL in a search": "\\' OR 1=1 --",
    "Solr": "*:* OR id:[* TO *] {!func}sum(1,1)",
    "shell": "$(touch /tmp/hacked) `touch /tmp/hacked` | touch /tmp/hacked",
    "path": "../../../../etc/passwd",
    "LDAP": "*)(uid=*))(|(uid=*",
}
FORMULAS = {
    "formula": '=HYPERLINK("https://elsewhere.example";"ici")',
    "call": "=cmd|' /C calc'!A0",
    "plus": "+1+1",
    "minus": "-1+1",
    "at": "@SUM(1;1)",
    "tab": "\t=1+1",
    "return": "\r=1+1",
    "wide": "＝1+1",
    "other cell": "a;=1+1",
}
LINES = {
    "header": "Bonjour\r\nBcc: victim@example.org\r\n\r\nEnvoyez",
    "header, one line feed": "Bonjour\nBcc: victim@example.org",
    "redirect": "x\r\nLocation: https://elsewhere.example/",
    "log": "ok\n2026-01-01 00:00:00 ERROR [root] hacked",
}
LOOKS = {
    "right to left": "abc\u202egnp.exe\u202c",
    "isolates": "\u2066a\u2067b\u2069",
    "nothing to be seen": "\u200b\u200c\u200d\ufeff\u00ad",
    "control characters": "a\x01\x07\x08\x0b\x1b[31mb",
    "long word": "W" * 600,
    "long line": "mot " * 300,
    "marks upon marks": "Z" + "\u0310\u0323" * 40,
    "beyond the plane": "🏴‍☠️𝕯𝖔𝖓𝖓é𝖊𝖘",
}

CORPUS: dict[str, str] = SCRIPTS | TEMPLATES | PROGRAMS | FORMULAS | LINES | LOOKS
