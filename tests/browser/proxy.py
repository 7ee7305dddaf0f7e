"""nginx before the app, as operators put it there."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import wait_until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")

_FILE = """
user {user};
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 20m;
    {settings}
    location = /favicon.ico {{ return 204; }}
    location {path} {{
      proxy_pass {app}/;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
    }}
  }}
}}
"""


@contextmanager
def nginx(folder: Path, app: str, path: str = "/", settings: str = "") -> Iterator[str]:
    """The address under which nginx serves the app.

    Args:
        folder: For its files.
        app: The app's own address.
        path: Under which it is served, with a slash at both ends; nginx strips it.
        settings: More directives of the server.
    """
    if NGINX is None:
        raise RuntimeError("nginx is not installed; tests/run.sh installs it.")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "nginx.conf"
    user = pwd.getpwuid(os.getuid()).pw_name  # of whom the temporary files are
    values = {
        "user": user,
        "folder": folder,
        "port": port,
        "app": app,
        "path": path,
        "settings": settings,
    }
    file.write_text(_FILE.format(**values), encoding="utf-8")
    process = subprocess.Popen([NGINX, "-c", file, "-p", folder, "-e", folder / "start.log"])

    def listening() -> bool:
        if process.poll() is not None:
            raise RuntimeError((folder / "start.log").read_text())
        with socket.socket() as caller:
            return caller.connect_ex(("127.0.0.1", port)) == 0

    try:
        wait_until(listening, "nginx")
        yield f"http://127.0.0.1:{port}{path.rstrip('/')}"
    finally:
        process.terminate()
        process.wait()
