// Points of the floor: a click says where one is in the picture, two fields where in metres.
import {element} from './element.js';

const COLOUR = '#ff3c3c';

export class GroundPoints {
  constructor(root, link, onChange) {
    this.root = root;
    this.link = link;
    this.onChange = onChange;
    this.isOn = false;
    this.points = [];
    this.spot = null;  // the pixel that was clicked
    this.hint = element('p', 'text');
    this.form = element('form', 'value');
    this.fields = ['x', 'y'].map(name => this.field(name));
    this.form.append(this.button('Add', 'submit'));
    this.form.addEventListener('submit', event => { event.preventDefault(); this.add(); });
    this.said = element('p', 'said');
    this.lines = element('ol', 'lines');
    this.forget = this.button('Forget the last', 'button', () => this.ask({action: 'forget'}));
    this.finish = this.button('Write the file', 'button', () => this.ask({action: 'finish'}));
    const buttons = element('div', 'actions');
    buttons.append(this.forget, this.finish);
    root.append(this.hint, this.form, this.said, this.lines, buttons);
  }

  field(name) {
    const label = element('label', '', name), field = element('input', '');
    Object.assign(field, {type: 'number', step: 'any', required: true, name});
    label.append(field, ' m');
    this.form.append(label);
    return field;
  }

  button(text, type, onClick = () => {}) {
    const button = element('button', '', text);
    button.type = type;
    button.addEventListener('click', onClick);
    return button;
  }

  take({points, lines, needed}) {
    this.isOn = true;
    this.points = points;
    this.lines.replaceChildren(...lines.map(line => element('li', '', line)));
    this.forget.disabled = !points.length;
    this.finish.disabled = points.length < needed;
    this.show();
  }

  show() {
    this.form.hidden = !this.spot;
    this.hint.textContent = this.spot ? `Pixel ${this.spot.join(', ')}: where on the floor is it, in metres?`
      : 'Click a point of the floor in the picture.';
    this.onChange();
  }

  click(x, y) {
    this.spot = [x, y].map(value => Math.round(10 * (value - 0.5)) / 10);  // a pixel's middle is whole
    this.show();
    this.fields[0].focus();
  }

  add() {
    this.ask({action: 'add', point: [...this.spot, ...this.fields.map(field => Number(field.value))]}, () => {
      this.spot = null;
      this.form.reset();
      this.show();
    });
  }

  ask(command, onDone = () => {}) {
    this.link.ask({do: 'ground', ...command}, (isDone, text) => {
      this.said.textContent = text;
      if (isDone) onDone();
    });
  }

  draw(pen, place, ratio) {
    const spots = [...this.points, ...(this.spot ? [this.spot] : [])];
    pen.strokeStyle = pen.fillStyle = COLOUR;
    pen.lineWidth = 2 * ratio;
    pen.font = `600 ${14 * ratio}px system-ui, sans-serif`;
    pen.textBaseline = 'alphabetic';
    spots.forEach(([u, v], index) => {
      const [x, y] = place(u + 0.5, v + 0.5), arm = 9 * ratio;
      pen.beginPath();
      pen.moveTo(x - arm, y);
      pen.lineTo(x + arm, y);
      pen.moveTo(x, y - arm);
      pen.lineTo(x, y + arm);
      pen.stroke();
      pen.fillText(index + 1, x + arm / 2, y - arm / 2);
    });
  }
}
