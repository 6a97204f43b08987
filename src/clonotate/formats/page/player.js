"use strict";
// Plays films: see formats/film.py for what is in one. A position is a number of clicks already made.
const PACE = 650; // ms a click at speed 1: travel there, then press
const TRAVEL = 0.55; // the share of that in which the hand travels
const RIPPLE = "#ff8c00";
const ICON = { play: "M8 5v14l11-7z", pause: "M7 5h4v14H7zM13 5h4v14h-4z" };

class Player {
  constructor(stage) {
    this.root = stage.querySelector(".player");
    const find = (name) => this.root.querySelector("." + name);
    Object.assign(this, { picture: find("picture"), hand: find("hand"), scrub: find("scrub"), track: find("track") });
    Object.assign(this, { playButton: find("play"), start: find("start"), speed: this.root.querySelector("select") });
    Object.assign(this, { count: find("count"), what: find("what"), badge: this.root.querySelector(".caption .badge") });
    this.cards = [...stage.querySelectorAll(".card")];
    this.cards.forEach((card) => card.addEventListener("click", () => this.open(card).then(() => this.play())));
    this.playButton.addEventListener("click", () => this.toggle());
    this.start.addEventListener("click", () => { this.play(); this.root.focus({ preventScroll: true }); });
    this.picture.addEventListener("click", () => this.toggle());
    find("back").addEventListener("click", () => this.step(-1));
    find("next").addEventListener("click", () => this.step(1));
    this.scrub.addEventListener("input", () => { this.pause(); this.go(Number(this.scrub.value)); });
    this.root.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.drawHand()).observe(this.picture);
    this.open(this.cards[0]);
  }

  async open(card) {
    this.pause();
    this.root.classList.remove("begun");
    this.cards.forEach((other) => other.setAttribute("aria-pressed", String(other === card)));
    const film = JSON.parse(document.getElementById(card.dataset.film).textContent);
    const sheets = film.sheets.map((src) => Object.assign(new Image(), { src }));
    await Promise.all(sheets.map((sheet) => sheet.decode()));
    Object.assign(this, { film, sheets, mosaics: mosaics(film), shown: [], at: 0, phase: 0 });
    this.picture.width = film.width;
    this.picture.height = film.height;
    this.scrub.max = film.presses.length;
    this.badge.className = "badge " + film.state;
    this.badge.textContent = film.words;
    this.track.replaceChildren(...film.presses.map((press) => tick(...film.widgets[press[2]])));
    this.go(0);
  }

  key(event) {
    if (event.target !== this.root && event.target.tagName !== "BUTTON") return;
    const act = { ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1), Home: () => this.jump(0),
      End: () => this.jump(this.film.presses.length), ArrowUp: () => this.faster(1), ArrowDown: () => this.faster(-1) };
    if (event.key === " " && event.target === this.root) act[" "] = () => this.toggle();
    if (!act[event.key]) return;
    event.preventDefault();
    act[event.key]();
  }

  faster(by) {
    const last = this.speed.options.length - 1;
    this.speed.selectedIndex = Math.min(Math.max(this.speed.selectedIndex + by, 0), last);
  }

  jump(to) { this.pause(); this.go(to); }
  step(by) { this.jump(Math.min(Math.max(this.at + by, 0), this.film.presses.length)); }
  toggle() { this.timer ? this.pause() : this.play(); }

  play() {
    if (this.at >= this.film.presses.length) this.go(0);
    this.root.classList.add("playing", "begun");
    this.label("Pause", ICON.pause);
    let before = performance.now();
    const turn = (now) => {
      this.phase += ((now - before) / PACE) * Number(this.speed.value);
      before = now;
      if (this.phase >= 1) this.go(Math.min(this.at + Math.floor(this.phase), this.film.presses.length), this.phase % 1);
      else this.drawHand();
      if (this.at >= this.film.presses.length) this.pause();
      else this.timer = requestAnimationFrame(turn);
    };
    cancelAnimationFrame(this.timer);
    this.timer = requestAnimationFrame(turn);
  }

  pause() {
    cancelAnimationFrame(this.timer);
    this.timer = 0;
    this.root.classList.remove("playing");
    this.label("Play", ICON.play);
  }

  label(text, path) {
    this.playButton.setAttribute("aria-label", text);
    this.playButton.querySelector("path").setAttribute("d", path);
  }

  go(to, phase = 0) {
    Object.assign(this, { at: to, phase });
    if (to > 0) this.root.classList.add("begun");
    this.drawPicture();
    this.drawHand();
    const { presses, widgets } = this.film;
    this.scrub.value = to;
    [...this.track.children].forEach((mark, i) => mark.classList.toggle("past", i < to));
    const next = presses[to];
    this.count.textContent = next ? `click ${to + 1} of ${presses.length}` : `after ${presses.length} clicks`;
    this.what.textContent = next ? widgets[next[2]][1] : "end";
    if (next && next[3]) this.what.append(Object.assign(document.createElement("small"), { textContent: next[3] }));
    this.picture.setAttribute("aria-label", `Screen of the annotation tool, ${this.count.textContent}`);
  }

  drawPicture() {
    const { tile, across, width, first } = this.film;
    const columns = Math.ceil(width / tile);
    const pen = this.picture.getContext("2d");
    this.mosaics[Math.min(this.at, this.mosaics.length - 1)].forEach((number, place) => {
      if (this.shown[place] === number) return;
      this.shown[place] = number;
      const [sheet, cell] = number < first ? [this.sheets[0], number] : [this.sheets[1], number - first];
      const [left, top] = [(cell % across) * tile, Math.floor(cell / across) * tile];
      const [x, y] = [(place % columns) * tile, Math.floor(place / columns) * tile];
      pen.drawImage(sheet, left, top, tile, tile, x, y, tile, tile);
    });
  }

  drawHand() {
    if (!this.film) return;
    const { width, height } = this.hand.getBoundingClientRect();
    const sharp = window.devicePixelRatio || 1;
    [this.hand.width, this.hand.height] = [width * sharp, height * sharp];
    const pen = this.hand.getContext("2d");
    const scale = (width * sharp) / this.film.width;
    const { presses } = this.film;
    const to = presses[this.at] || presses[presses.length - 1];
    const from = presses[this.at - 1] || to;
    if (!to || !this.root.classList.contains("begun")) return;
    const paused = !this.timer;
    const share = paused ? 1 : ease(Math.min(this.phase / TRAVEL, 1));
    const place = [0, 1].map((axis) => (from[axis] + (to[axis] - from[axis]) * share + 0.5) * scale);
    const age = paused ? 0.45 : (this.phase - TRAVEL) / (1 - TRAVEL);
    if (age >= 0 && presses[this.at]) ripple(pen, place, age, scale);
    arrow(pen, place, scale);
  }
}

// What every screen consists of: for each place the number of its tile.
function mosaics(film) {
  const now = [];
  return film.changes.map((change) => {
    for (let i = 0; i < change.length; i += 2) now[change[i]] = change[i + 1];
    return now.slice();
  });
}

function tick(widget, text) {
  const mark = document.createElement("i");
  const kinds = { canvas: "place", undo: "undo", done: "done", "": "nothing" };
  if (widget in kinds) mark.className = kinds[widget];
  mark.title = text;
  return mark;
}

function ease(share) { return share * share * (3 - 2 * share); }

function ripple(pen, [x, y], age, scale) {
  pen.strokeStyle = RIPPLE;
  pen.globalAlpha = 1 - age * 0.85;
  pen.lineWidth = (1.9 - age) * scale;
  pen.beginPath();
  pen.arc(x, y, (3 + 10 * age) * scale, 0, 2 * Math.PI);
  pen.stroke();
  pen.globalAlpha = 1;
}

function arrow(pen, [x, y], scale) {
  const outline = [[0, 0], [0, 11], [2.6, 8.8], [4.4, 13], [6.2, 12.2], [4.5, 8.2], [7.8, 8]];
  pen.beginPath();
  outline.forEach(([across, down]) => pen.lineTo(x + across * scale, y + down * scale));
  pen.closePath();
  pen.fillStyle = "#fff";
  pen.strokeStyle = "#000";
  pen.lineWidth = 0.8 * scale;
  pen.fill();
  pen.stroke();
}

document.querySelectorAll(".stage").forEach((stage) => new Player(stage));
