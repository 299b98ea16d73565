"""A guestbook on the standard library alone: files, sessions in a cookie, a form.

Prints its address as one JSON line, then one JSON line per request, and ends with its standard input.
"""

import hashlib
import html
import json
import os
import secrets
import sys
import threading
from http.cookies import SimpleCookie
from socketserver import ThreadingMixIn
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.util import request_uri

STYLE = b"h1 { color: rgb(24, 92, 55); }\n"
STYLE_TAG = '"%s"' % hashlib.sha256(STYLE).hexdigest()[:16]

names = {}
entries = []
counter = {"now": 0}


def page(title, body):
    text = (
        f'<!doctype html><html lang="en"><title>{title}</title><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="/static/style.css"><h1>{title}</h1>{body}</html>'
    )
    return text.encode()


def form(environ):
    length = int(environ.get("CONTENT_LENGTH") or 0)
    return {key: values[0] for key, values in parse_qs(environ["wsgi.input"].read(length).decode()).items()}


def style(environ):
    fields = [("ETag", STYLE_TAG), ("Cache-Control", "public, max-age=300")]
    if environ.get("HTTP_IF_NONE_MATCH") == STYLE_TAG:
        return "304 Not Modified", fields, b""
    return "200 OK", [*fields, ("Content-Type", "text/css")], STYLE


def now(environ):
    counter["now"] += 1
    return "200 OK", [("Cache-Control", "no-store")], page("Now", f'<p id="now">{counter["now"]}</p>')


def login(environ):
    session = secrets.token_hex(8)
    names[session] = form(environ).get("name", "")
    # Absolute, from the Host field: it names this server, not the edge.
    location = request_uri(environ).replace("/login", "/me")
    return "303 See Other", [("Location", location), ("Set-Cookie", f"session={session}; Path=/; HttpOnly")], b""


def me(environ):
    cookie = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    name = names.get(cookie["session"].value) if "session" in cookie else None
    body = f'<p id="user">{html.escape(name or "nobody")}</p>'
    return "200 OK", [("Cache-Control", "private, max-age=60")], page("Me", body)


def guestbook(environ):
    items = "".join(f"<li>{html.escape(entry)}</li>" for entry in entries)
    body = f'<ul>{items}</ul><form method="post"><input name="entry"><button>Sign</button></form>'
    return "200 OK", [("Cache-Control", "public, max-age=0, s-maxage=3600")], page("Guestbook", body)


def sign(environ):
    entries.append(form(environ).get("entry", ""))
    return "303 See Other", [("Location", "/guestbook")], b""


ROUTES = {
    ("GET", "/static/style.css"): style,
    ("GET", "/now"): now,
    ("POST", "/login"): login,
    ("GET", "/me"): me,
    ("GET", "/guestbook"): guestbook,
    ("POST", "/guestbook"): sign,
}


def missing(environ):
    return "404 Not Found", [], page("Not found", "")


def application(environ, start_response):
    method, target = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    status, fields, body = ROUTES.get((method, target), missing)(environ)
    say(
        method=method,
        target=target,
        status=int(status[:3]),
        via=environ.get("HTTP_VIA"),
        ifNoneMatch=environ.get("HTTP_IF_NONE_MATCH"),
        cookie=environ.get("HTTP_COOKIE"),
    )
    if not any(name == "Content-Type" for name, _ in fields) and body:
        fields = [("Content-Type", "text/html; charset=utf-8"), *fields]
    start_response(status, fields)
    return [body]


def say(**line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def end_with_parent():
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    with make_server("127.0.0.1", 0, application, Server, QuietHandler) as server:
        say(url=f"http://127.0.0.1:{server.server_port}")
        server.serve_forever()
