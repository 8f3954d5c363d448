/**
 * What the application's Python runs: `<kind> <seconds>`, rows as JSON on stdin. It works in a child that opens a session of its own,
 * which is ended with whatever it has started, such as a browser, also where that has left it: in a container nobody else could. Its
 * last line is what came of it.
 */
export const EXPORT_SCRIPT = String.raw`
import json, os, signal, sys, time
kind, limit = sys.argv[1], float(sys.argv[2])

# See prctl(2), PR_SET_CHILD_SUBREAPER: what loses its parent becomes ours.
try:
    import ctypes
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
except Exception:
    pass

def printed_by(command):
    import subprocess, threading
    run = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    kept = [bytearray(), bytearray()]
    def read(pipe, into):
        for part in iter(lambda: pipe.read1(65536), b""):
            if len(into) < 16 * 2 ** 20:
                into += part
    readers = [threading.Thread(target=read, args=pair, daemon=True) for pair in zip((run.stdout, run.stderr), kept)]
    for reader in readers:
        reader.start()
    status = run.wait()
    # What it has left may hold its output open.
    for reader in readers:
        reader.join(1)
    out, errors = (bytes(part).decode("utf-8", "replace") for part in kept)
    return status, out, "; ".join(errors.strip().splitlines()[-5:])[-800:]

def csv_of(data):
    import csv, io
    if "command" in data:
        try:
            status, out, errors = printed_by(data["command"])
        except OSError as error:
            return {"failed": str(error)}
        if status != 0:
            return {"failed": ("it ended with %d: %s" % (status, errors)) if status > 0 else "it was ended by signal %d" % -status}
        data = {"printed": out}
    if "printed" in data:
        # No rows of the application's own: the first line has its names.
        rows = max(0, sum(1 for row in csv.reader(io.StringIO(data["printed"])) if row) - 1)
        return {"bytes": len(data["printed"].encode("utf-8", "replace")), "rows": rows}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(data["columns"])
    writer.writerows(data["rows"])
    out.seek(0)
    text = out.getvalue()
    return {"bytes": len(text.encode("utf-8", "replace")), "rows": sum(1 for _ in csv.reader(out)) - 1}

def pdf_of(data):
    import io
    import reportlab
    from reportlab.pdfgen import canvas
    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.drawString(72, 720, "Export")
    page.showPage()
    page.save()
    content = out.getvalue()
    return {"bytes": len(content), "whole": content.startswith(b"%PDF-") and b"%%EOF" in content[-64:], "version": reportlab.__version__}

def png_of(data):
    import kaleido
    version = getattr(kaleido, "__version__", "unknown")
    figure = {"data": [{"type": "bar", "y": [1, 2, 3]}], "layout": {"title": {"text": "Export"}}}
    try:
        import plotly.graph_objects as go
        content = go.Figure(figure).to_image(format="png")
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("plotly"):
            raise
        content = kaleido.calc_fig_sync(figure, opts={"format": "png"})
    return {"bytes": len(content), "whole": content.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in content[-16:], "version": version}

def tell(result):
    sys.stdout.write("\nRESULT " + json.dumps(result) + "\n")
    sys.stdout.flush()

def ours():
    parents = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else []:
        try:
            with open("/proc/%d/stat" % int(name)) as stat:
                parents[int(name)] = int(stat.read().rpartition(")")[2].split()[1])
        except (ValueError, OSError, IndexError):
            pass
    found, new = set(), {os.getpid()}
    while new:
        new = {pid for pid, parent in parents.items() if parent in new} - found
        found |= new
    return found

def end(group):
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    # One that is ended may have begun another meanwhile.
    for _ in range(20):
        for pid in ours():
            try:
                os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            break
        time.sleep(0.05)

child = os.fork()
if child == 0:
    os.setsid()
    try:
        data = json.loads(sys.stdin.read() or "{}")
        tell({"csv": csv_of, "pdf": pdf_of, "png": png_of}[kind](data))
    except ModuleNotFoundError as error:
        tell({"missing": error.name or str(error)})
    except BaseException as error:
        tell({"error": type(error).__name__, "message": str(error)[:1500]})
    os._exit(0)

deadline = time.monotonic() + limit
status = None
while time.monotonic() < deadline:
    done, status = os.waitpid(child, os.WNOHANG)
    if done:
        break
    time.sleep(0.05)
else:
    end(child)
    tell({"timeout": limit})
    sys.exit(0)
end(child)
if status and os.WIFSIGNALED(status):
    tell({"error": "Killed", "message": "ended by signal %d" % os.WTERMSIG(status)})
`;
