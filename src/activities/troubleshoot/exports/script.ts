/**
 * What the application's Python runs: `<kind> <seconds>`, rows as JSON on stdin. It works in a child that opens a session of its own,
 * which is ended with whatever it has started, such as a browser: in a container nobody else could. Its last line is what came of it.
 */
export const EXPORT_SCRIPT = String.raw`
import json, os, signal, sys, time
kind, limit = sys.argv[1], float(sys.argv[2])

def csv_of(data):
    import csv, io
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

def end(group):
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass

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
    os.waitpid(child, 0)
    tell({"timeout": limit})
    sys.exit(0)
end(child)
if status and os.WIFSIGNALED(status):
    tell({"error": "Killed", "message": "ended by signal %d" % os.WTERMSIG(status)})
`;
