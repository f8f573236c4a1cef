// What the nodes say of themselves: level, remedy, how long each stage takes, counters.
import {element} from './element.js';

const MEDIAN = ', median ms', P95 = ', p95 ms';
const BAD = /lost|refused|unusable|unpaired|damaged|late|setbacks|replaced|dropped/;

function bar(name, milliseconds, late, longest) {
  const row = element('div', 'bar');
  const meter = element('meter', '');
  meter.max = longest;
  meter.value = milliseconds;
  const shown = element('span', '', `${milliseconds.toFixed(1)} ms`);
  row.title = `median ${milliseconds} ms, 95 % take at most ${late} ms`;
  row.append(element('span', '', name), meter, shown);
  return row;
}

export class Health {
  constructor(root) {
    this.root = root;
    this.nodes = new Map();
  }

  // What a user may click on stays: a new element between press and release takes the click.
  take(nodes) {
    if (nodes.length && !this.nodes.size) this.root.replaceChildren();
    for (const [name, made] of this.nodes) {
      if (!nodes.some(said => said.node === name)) { made.root.remove(); this.nodes.delete(name); }
    }
    for (const said of nodes) {
      if (!this.nodes.has(said.node)) this.add(said.node);
      this.show(this.nodes.get(said.node), said, nodes.length === 1);
    }
  }

  add(name) {
    const root = element('details', ''), summary = element('summary', '', name), body = element('div', '');
    root.dataset.node = name;
    root.append(summary, body);
    const made = {root, body, isTouched: false};
    summary.addEventListener('click', () => { made.isTouched = true; });
    this.nodes.set(name, made);
    const next = [...this.nodes.keys()].sort((a, b) => a.localeCompare(b)).find(other => other.localeCompare(name) > 0);
    this.root.insertBefore(root, next ? this.nodes.get(next).root : null);
  }

  show(made, {level, message, values}, isAlone) {
    const said = JSON.stringify([level, message, values, isAlone]);
    if (made.said === said) return;
    made.said = said;
    made.root.className = `level-${level}`;
    made.root.dataset.level = level;
    if (!made.isTouched) made.root.open = isAlone || (level > 0 && level < 3);
    made.body.replaceChildren(element('p', 'message', message), ...bars(values), pairs(values));
  }
}

function bars(values) {
  const stages = Object.keys(values).filter(key => key.endsWith(MEDIAN));
  const longest = Math.max(...stages.map(key => Number(values[key])), 1);
  return stages.map(key => {
    const name = key.slice(0, -MEDIAN.length);
    return bar(name, Number(values[key]), values[name + P95], longest);
  });
}

// A key stands beside its value, or above it where both are too long for one line.
function pairs(values) {
  const made = element('dl', 'pairs');
  for (const [key, value] of Object.entries(values)) {
    if (key.endsWith(MEDIAN) || key.endsWith(P95) || value === '') continue;
    const row = element('div', BAD.test(key) && Number(value) > 0 ? 'bad' : '');
    row.append(element('dt', '', key), element('dd', '', value));
    made.append(row);
  }
  return made;
}
