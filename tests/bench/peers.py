"""Echo servers of others, measured beside ours in the same run: nginx's Lua and
Node's ws from packages, cowboy and skynet where COWBOY and SKYNET name a folder
in which each was built (neither is packaged). A peer that is not there is said
to be missing, and left out."""
import os
import shutil
import socket
import subprocess
import tempfile
import time

HERE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "peers")
NGINX = "nginx-light", "libnginx-mod-http-lua", "lua-nginx-websocket"


class Missing(Exception):
    """The peer cannot run here; says why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    for _ in range(500):
        if process.poll() is not None:
            raise Missing(f"it ended at once with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise Missing("it did not listen within 10 s")


class Peer:
    """One server on core 0; command(folder, port) gives its argument list and environment."""

    def __init__(self, command):
        self.command = command

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="azentiko-peer-")
        self.port = free_port()
        arguments, env = self.command(self.folder.name, self.port)
        self.process = subprocess.Popen(["taskset", "-c", "0", *arguments], env={**os.environ, **env}, cwd=self.folder.name,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.port, self.process)
        self.pid = self.server_pid()
        return self

    def server_pid(self):
        """nginx serves from a child of the process that was started."""
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False).stdout.split()
        return int(children[0]) if self.command is nginx and children else self.process.pid

    def __exit__(self, *error):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()


def fill(name, folder, **values):
    """A file of peers/ with its capitals filled in; its path."""
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        text = file.read()
    for key, value in values.items():
        text = text.replace(key, str(value))
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def nginx(folder, port):
    if not shutil.which("nginx") or not os.path.exists("/usr/share/lua/5.1/nginx/websocket/server.lua"):
        raise Missing(f"install {', '.join(NGINX)}")
    return [shutil.which("nginx"), "-p", folder, "-c", fill("nginx.conf", folder, PORT=port, FOLDER=folder)], {}


def node_ws(_, port):
    if not os.path.isdir(os.path.join(HERE, "node_modules", "ws")):
        done = subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise Missing("npm ci failed")
    return ["node", os.path.join(HERE, "ws_echo.mjs"), str(port)], {}


def built(variable, file):
    folder = os.environ.get(variable, "")
    if not folder or not os.path.exists(os.path.join(folder, file)):
        raise Missing(f"{variable} names no folder with {file}")
    return folder


def cowboy(*options):
    def command(folder, port):
        libraries = built("COWBOY", "cowboy/ebin/cowboy.app")
        subprocess.run(["erlc", "-o", folder, os.path.join(HERE, "cowboy_echo.erl")], check=True)
        return ["erl", "-noinput", "+Q", "65536", "-pa", folder, "-run", "cowboy_echo", "main", str(port), *options], \
            {"ERL_LIBS": libraries}
    return command


def skynet(folder, port):
    home = built("SKYNET", "skynet")
    config = os.path.join(folder, "config")
    with open(config, "w", encoding="utf-8") as file:
        file.write(f'thread = 2\nharbor = 0\nport = "{port}"\nstart = "skynet_echo"\nbootstrap = "snlua bootstrap"\n'
                   f'luaservice = "{home}/service/?.lua;{HERE}/?.lua"\nlualoader = "{home}/lualib/loader.lua"\n'
                   f'lua_path = "{home}/lualib/?.lua;{home}/lualib/?/init.lua"\nlua_cpath = "{home}/luaclib/?.so"\n'
                   f'cpath = "{home}/cservice/?.so"\n')
    return [os.path.join(home, "skynet"), config], {}


PEERS = {"nginx + Lua light thread": nginx, "Node ws": node_ws, "cowboy, hibernating": cowboy("hibernate"),
         "cowboy": cowboy(), "skynet, 20 agents": skynet}
