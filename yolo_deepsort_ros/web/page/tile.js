// One camera: its picture, over it boxes, ids, trails and velocities, below it the time line.
import {colourOf, inkOn} from './colours.js';
import {element} from './element.js';
import {Timeline} from './timeline.js';

const TRAIL = 1.5;  // s
const VELOCITY_OVER = 0.4;  // s
const AHEAD = 0.5;  // s that an arrow looks ahead
const SLOW = 12;  // px/s; slower ones have no arrow

export class Tile {
  constructor(camera, link, onPick, ground) {
    this.camera = camera;
    this.link = link;
    this.onPick = onPick;
    this.ground = ground;
    this.chosen = 0;
    this.trails = new Map();
    this.last = new Map();  // the last box of each id
    this.size = [];
    this.tracks = [];
    this.places = {};  // metres on the floor by id, x and y
    this.presentIds = new Set();  // of the newest tracks that came with a picture
    this.pending = null;

    this.root = element('section', 'tile');
    this.root.dataset.camera = camera;
    const head = element('div', 'tile-head');
    this.figures = element('p', 'figures');
    head.append(element('h2', '', camera || 'camera'), this.figures);
    const stage = this.stage = element('div', 'stage');
    this.picture = element('canvas', 'picture');
    this.boxes = element('canvas', 'boxes');
    this.note = element('div', 'note', 'waiting for pictures');
    stage.append(this.picture, this.boxes, this.note);
    this.timeline = new Timeline(link, id => this.onPick(this.camera, id));
    this.root.append(head, stage, this.timeline.root);
    this.boxes.addEventListener('click', event => this.click(event));
    this.observer = new ResizeObserver(() => { this.askForSize(); this.draw(); });
    this.observer.observe(stage);
    this.watch = setInterval(() => this.lookForSilence(), 500);
  }

  close() {
    this.observer.disconnect();
    this.timeline.close();
    clearInterval(this.watch);
    this.root.remove();
  }

  askForSize() {
    const isSeen = !document.hidden && this.root.isConnected;
    const width = isSeen ? Math.min(16000, Math.round(this.boxes.clientWidth * devicePixelRatio)) : 0;
    this.link.send({do: 'view', camera: this.camera, width});
  }

  async show(header, blob) {
    let bitmap = null;
    try {
      bitmap = await createImageBitmap(blob);
    } catch {
      this.note.textContent = 'a picture could not be decoded';
    }
    const isNew = this.pending === null;
    if (!isNew) this.done();  // a newer one takes its place
    this.pending = {header, bitmap};
    if (isNew) requestAnimationFrame(() => this.present());
  }

  done() {
    this.pending.bitmap?.close();
    this.pending = null;
    this.link.send({do: 'drawn', camera: this.camera});
  }

  present() {
    if (!this.pending) return;  // the connection was lost in the meantime
    const {header, bitmap} = this.pending;
    if (bitmap) {
      if (this.picture.width !== bitmap.width || this.picture.height !== bitmap.height) {
        this.picture.width = bitmap.width;
        this.picture.height = bitmap.height;
      }
      this.picture.getContext('2d').drawImage(bitmap, 0, 0);
    }
    if (String(this.size) !== String(header.size)) {
      const [width, height] = this.size = header.size;
      this.stage.style.aspectRatio = `${width} / ${height}`;
      this.stage.style.maxWidth = `${62 * width / height}vh`;
    }
    this.tracks = header.tracks ?? [];
    this.places = header.places;
    this.shownAt = performance.now();
    if (header.tracks) {
      this.remember(header.stamp);
      this.presentIds = new Set(this.tracks.map(each => each.id));
    }
    this.isPaired = header.tracks !== null;
    this.stamp = header.stamp;
    this.draw();
    this.note.hidden = header.tracks !== null;
    this.note.textContent = 'no boxes: the tracks come more than 0.1 s after the picture';
    const parts = this.isPaired ? [`${this.tracks.filter(each => each.id).length} in view`] : [];
    if (header.rate_hz) parts.push(`${header.rate_hz.toFixed(1)} Hz`);
    if (header.latency_ms !== null) parts.push(`${header.latency_ms.toFixed(0)} ms to the tracks`);
    if (header.floor) parts.push(`x, y in ${header.floor}`);
    this.figures.textContent = parts.join(' · ');
    Object.assign(this.root.dataset, {
      stamp: header.stamp, ids: this.tracks.map(each => each.id).join(','),
      count: Number(this.root.dataset.count ?? 0) + 1, age: Date.now() - 1000 * header.stamp,
    });
    this.root.dataset.first ??= performance.now();
    this.done();
  }

  remember(stamp) {
    if (stamp < this.stamp) { this.trails.clear(); this.last.clear(); }
    for (const each of this.tracks) {
      if (!each.id) continue;
      if (!this.trails.has(each.id)) this.trails.set(each.id, []);
      this.trails.get(each.id).push([stamp, each.x + each.w / 2, each.y + each.h]);
      this.last.set(each.id, each);
    }
    for (const [id, points] of this.trails) {
      while (points.length && points[0][0] < stamp - TRAIL) points.shift();
      if (!points.length && id !== this.chosen) { this.trails.delete(id); this.last.delete(id); }
    }
  }

  velocity(id) {
    const points = this.trails.get(id) ?? [];
    if (points.length < 3) return null;
    const end = points[points.length - 1];
    const start = points.find(point => point[0] >= end[0] - VELOCITY_OVER);
    const seconds = end[0] - start[0];
    return seconds > 0 ? [(end[1] - start[1]) / seconds, (end[2] - start[2]) / seconds] : null;
  }

  draw() {
    if (!this.size.length) return;
    const ratio = devicePixelRatio;
    const width = Math.round(this.boxes.clientWidth * ratio);
    const height = Math.round(this.boxes.clientHeight * ratio);
    if (this.boxes.width !== width || this.boxes.height !== height) {
      this.boxes.width = width;
      this.boxes.height = height;
    }
    const pen = this.boxes.getContext('2d');
    pen.clearRect(0, 0, width, height);
    const scale = width / this.size[0];
    const place = (x, y) => [x * scale, y * scale];
    pen.lineJoin = 'round';
    for (const each of this.tracks) if (each.id) this.drawTrail(pen, each.id, place, ratio);
    const ordered = [...this.tracks].sort((a, b) => a.y + a.h - b.y - b.h);
    for (const each of ordered) this.drawBox(pen, each, place, scale, ratio);
    for (const each of ordered) this.drawArrow(pen, each, place, ratio);
    for (const each of ordered) this.drawLabel(pen, each, place, ratio, width);
    this.drawHidden(pen, place, scale, ratio, width);
    if (this.ground.isOn) this.ground.draw(pen, place, ratio);
  }

  drawTrail(pen, id, place, ratio) {
    const points = this.trails.get(id) ?? [];
    if (points.length < 2) return;
    pen.beginPath();
    for (const [, x, y] of points) pen.lineTo(...place(x, y));
    pen.strokeStyle = colourOf(id);
    pen.lineWidth = 2 * ratio;
    pen.globalAlpha = 0.75;
    pen.stroke();
    pen.globalAlpha = 1;
  }

  drawBox(pen, each, place, scale, ratio) {
    const isChosen = each.id && each.id === this.chosen;
    const rectangle = [...place(each.x, each.y), each.w * scale, each.h * scale];
    if (isChosen) {
      pen.strokeStyle = '#ffffff';
      pen.lineWidth = 7 * ratio;
      pen.strokeRect(...rectangle);
    }
    pen.strokeStyle = colourOf(each.id);
    pen.lineWidth = (isChosen ? 3.5 : 2) * ratio;
    pen.strokeRect(...rectangle);
  }

  drawArrow(pen, each, place, ratio) {
    const velocity = each.id && this.velocity(each.id);
    if (!velocity || Math.hypot(...velocity) < SLOW) return;
    const [x, y] = [each.x + each.w / 2, each.y + each.h / 2];
    const from = place(x, y), to = place(x + velocity[0] * AHEAD, y + velocity[1] * AHEAD);
    const angle = Math.atan2(to[1] - from[1], to[0] - from[0]), head = 7 * ratio;
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    for (const turn of [2.6, -2.6]) {
      pen.moveTo(...to);
      pen.lineTo(to[0] + head * Math.cos(angle + turn), to[1] + head * Math.sin(angle + turn));
    }
    pen.strokeStyle = '#ffffff';
    pen.lineWidth = 2 * ratio;
    pen.stroke();
  }

  drawLabel(pen, each, place, ratio, width) {
    const text = `${each.id || ''} ${each.class} ${each.score.toFixed(2)}`.trim();
    const metres = this.places[each.id]?.map(value => value.toFixed(1)).join(', ');
    this.plate(pen, metres ? `${text} · ${metres} m` : text, each, place, ratio, width);
  }

  plate(pen, text, box, place, ratio, width) {
    pen.font = `600 ${13 * ratio}px system-ui, sans-serif`;
    const tall = 19 * ratio, wide = pen.measureText(text).width + 8 * ratio;
    const [x, y] = place(box.x, box.y);
    const left = Math.max(0, Math.min(x - ratio, width - wide)), top = Math.max(0, y - tall);
    const colour = colourOf(box.id);
    pen.fillStyle = colour;
    pen.fillRect(left, top, wide, tall);
    pen.fillStyle = inkOn(colour);
    pen.textBaseline = 'middle';
    pen.fillText(text, left + 4 * ratio, top + tall / 2);
  }

  // The one that is followed and not seen: where it was last.
  drawHidden(pen, place, scale, ratio, width) {
    const box = this.last.get(this.chosen);
    if (!this.chosen || !box || !this.isPaired || this.isSeen(this.chosen)) return;
    pen.setLineDash([6 * ratio, 6 * ratio]);
    pen.strokeStyle = '#ffffff';
    pen.lineWidth = 2 * ratio;
    pen.strokeRect(...place(box.x, box.y), box.w * scale, box.h * scale);
    pen.setLineDash([]);
    this.plate(pen, `${this.chosen} hidden`, box, place, ratio, width);
  }

  isSeen(id) {
    return this.presentIds.has(id);
  }

  choose(id) {
    this.chosen = id;
    this.root.classList.toggle('chosen', Boolean(id));
    this.timeline.choose(id);
    this.draw();
  }

  click(event) {
    const scale = this.size[0] / this.boxes.clientWidth;
    const x = event.offsetX * scale, y = event.offsetY * scale;
    if (this.ground.isOn) return this.ground.click(x, y);
    const hit = this.tracks.filter(each => each.id && x >= each.x && x <= each.x + each.w
      && y >= each.y && y <= each.y + each.h).sort((a, b) => a.w * a.h - b.w * b.h)[0];
    if (hit) this.onPick(this.camera, hit.id);
  }

  lookForSilence() {
    const silence = (performance.now() - (this.shownAt ?? performance.now())) / 1000;
    if (silence > 2 && !document.hidden) {
      this.note.hidden = false;
      this.note.textContent = `no picture for ${silence.toFixed(0)} s`;
    }
  }
}
