// The line to one session. One click is under way at a time; a lost line comes back by itself, and a click
// that was not answered is sent again under the same id, so that it counts once.
const RETRY = [200, 500, 1000, 2000];

export class Link extends EventTarget {
  constructor(session) {
    super();
    Object.assign(this, { session, frame: null, pending: null, tries: 0, closed: false });
    this.connect();
  }

  connect() {
    this.socket = new WebSocket(`ws://${location.host}/live/${this.session}`);
    this.socket.binaryType = "arraybuffer";
    this.fresh = true; // nothing has come over this line yet
    this.socket.onmessage = ({ data }) => (typeof data === "string" ? this.hear(JSON.parse(data)) : this.show(data));
    this.socket.onclose = () => this.lost();
  }

  close() {
    this.closed = true;
    this.socket.close();
  }

  lost() {
    if (this.closed) return;
    this.emit("line", { up: false });
    setTimeout(() => this.closed || this.connect(), RETRY[Math.min(this.tries++, RETRY.length - 1)]);
  }

  show(data) {
    const length = new DataView(data).getUint32(0);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
    const pixels = new Uint8ClampedArray(data, 4 + length);
    if (this.fresh) {
      Object.assign(this, { fresh: false, tries: 0 });
      this.emit("line", { up: true });
      if (this.pending) this.send(this.pending);
    } else if (this.frame && head.seq < this.frame.seq) return; // overtaken by a later one
    this.frame = { ...head, picture: new ImageData(pixels, head.width, head.height) };
    this.emit("frame", this.frame);
    if (this.answered && head.seq > this.answered.seq) this.drawn();
  }

  hear(message) {
    const mine = this.pending && message.id === this.pending.id;
    if (mine) this.pending = null;
    if (message.type === "accepted" && mine) this.answered = { seq: message.seq, at: this.pressed };
    this.emit(message.type, message);
  }

  drawn() {
    const { at } = this.answered;
    this.answered = null;
    requestAnimationFrame(() => this.send({ type: "seen", ms: Math.min(performance.now() - at, 600000) }));
  }

  // A click on the frame that is shown, at screen pixels; false while another is under way.
  act(x, y, by = "person") {
    if (this.pending || !this.frame) return false;
    const { seq, screen } = this.frame;
    this.pending = { type: "act", id: fresh(), seq, screen, x, y, by, ghost: Boolean(this.ghost), client_at: Date.now() };
    this.pressed = performance.now();
    this.send(this.pending);
    return true;
  }

  send(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  emit(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}

function fresh() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
