// One row for each id: when it was seen. Hatched where nobody looked.
import {colourOf} from './colours.js';

const SHORTEST = 20, LONGEST = 120;  // s shown
const ROW = 18, LABEL = 132, AXIS = 16;  // CSS pixels
const MAX_ROWS = 60;

export class Timeline {
  constructor(link, onPick) {
    this.link = link;
    this.rows = new Map();
    this.looked = [];
    this.now = 0;
    this.chosen = 0;
    this.shown = [];
    this.root = document.createElement('div');
    this.root.className = 'rows';
    this.canvas = document.createElement('canvas');
    this.canvas.style.height = '0';  // until there is something to draw
    this.canvas.setAttribute('aria-label', 'Which id was seen when');
    this.root.append(this.canvas);
    this.observer = new ResizeObserver(() => { if (this.root.clientWidth !== this.width) this.draw(); });
    this.observer.observe(this.root);
    this.canvas.addEventListener('click', event => {
      const row = this.shown[Math.floor((event.offsetY - AXIS) / ROW)];
      if (row) onPick(row.id);
    });
  }

  take({rows, looked, now, is_all: isAll}) {
    if (isAll) this.rows.clear();
    this.noteOpening(now, isAll);
    for (const row of rows) this.rows.set(row.id, row);
    this.looked = looked;
    this.now = now;
    this.draw();
  }

  // The stamp from which on this page has looked. What the server tells first may be old news.
  noteOpening(now, isAnew) {
    if (isAnew || this.openedAt !== this.link.openedAt) {
      this.openedAt = this.link.openedAt;
      this.since = -Infinity;
      this.newsLeft = 2;
    }
    if (this.newsLeft-- > 0) {
      this.since = Math.max(this.since, now - (performance.now() - this.openedAt) / 1000);
    }
  }

  close() {
    this.observer.disconnect();
  }

  choose(id) {
    this.chosen = id;
    this.draw();
  }

  draw() {
    if (!this.looked.length || !this.root.isConnected) return;
    const seconds = Math.min(LONGEST, Math.max(SHORTEST, this.now - this.looked[0][0]));
    const start = this.now - seconds;
    this.shown = [...this.rows.values()]
      .filter(row => row.spans[row.spans.length - 1][1] >= start || row.id === this.chosen)
      .sort((a, b) => b.id - a.id).slice(0, MAX_ROWS);
    const ratio = devicePixelRatio, width = this.width = this.root.clientWidth;
    const height = AXIS + ROW * this.shown.length + 2;
    this.canvas.style.height = `${height}px`;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    const pen = this.canvas.getContext('2d');
    pen.scale(ratio, ratio);
    pen.font = '12px system-ui, sans-serif';
    pen.textBaseline = 'middle';
    const at = stamp => LABEL + (width - LABEL) * Math.max(0, Math.min(1, (stamp - start) / seconds));
    this.drawAxis(pen, start, seconds, at, height, width);
    this.shown.forEach((row, index) => this.drawRow(pen, row, AXIS + ROW * index, at, width));
  }

  drawAxis(pen, start, seconds, at, height, width) {
    pen.fillStyle = '#10141a';
    pen.fillRect(LABEL, AXIS, width - LABEL, height);
    for (const [from, to] of this.holes(start)) {
      pen.strokeStyle = '#3c4654';
      for (let x = at(from); x < at(to); x += 6) {
        pen.beginPath();
        pen.moveTo(x, height);
        pen.lineTo(Math.min(x + 6, at(to)), AXIS);
        pen.stroke();
      }
    }
    const step = [5, 10, 20, 30].find(each => seconds / each <= 8) ?? 30;
    pen.fillStyle = '#9aa7b5';
    pen.textAlign = 'center';
    for (let ago = 0; ago < seconds; ago += step) {
      const x = at(this.now - ago);
      pen.textAlign = ago ? 'center' : 'right';
      pen.fillText(ago ? `-${ago} s` : 'now', x, AXIS / 2);
      pen.fillRect(x - 0.5, AXIS, 1, 3);
    }
    pen.textAlign = 'left';
  }

  // When nobody looked: no tracks came, and this page was not there. Before 0 no video has begun.
  holes(start) {
    const holes = [];
    let end = Math.max(0, start);
    for (const [from, to] of this.looked) {
      const until = Math.min(from, this.since);
      if (until > end) holes.push([end, until]);
      end = Math.max(end, to);
    }
    return holes;
  }

  drawRow(pen, row, top, at, width) {
    const isChosen = row.id === this.chosen;
    if (isChosen) {
      pen.fillStyle = '#ffffff26';
      pen.fillRect(0, top, width, ROW);
    }
    const colour = colourOf(row.id);
    const age = row.spans[row.spans.length - 1][1] - row.spans[0][0];
    pen.fillStyle = colour;
    pen.fillRect(2, top + 4, 10, 10);
    pen.fillStyle = '#e8edf3';
    pen.fillText(`${row.id}  ${row.class}`, 18, top + ROW / 2, 74);
    pen.fillStyle = '#9aa7b5';
    pen.textAlign = 'right';
    pen.fillText(age < 100 ? `${age.toFixed(1)} s` : `${age.toFixed(0)} s`, LABEL - 6, top + ROW / 2);
    pen.textAlign = 'left';
    pen.fillStyle = colour;
    for (const [from, to] of row.spans) {
      if (at(to) <= LABEL) continue;
      pen.fillRect(at(from), top + 3, Math.max(2, at(to) - at(from)), ROW - 6);
    }
  }
}
