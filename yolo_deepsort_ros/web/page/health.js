// What the nodes say of themselves: level, remedy, how long each stage takes, counters.
const MEDIAN = ', median ms', P95 = ', p95 ms';
const BAD = /lost|refused|unusable|unpaired|damaged|late|setbacks|replaced|dropped/;

function element(kind, className, text = '') {
  const made = document.createElement(kind);
  made.className = className;
  made.textContent = text;
  return made;
}

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
    this.open = new Set();
    this.touched = new Set();
  }

  take(nodes) {
    if (!nodes.length) return;
    this.isAlone = nodes.length === 1;
    const made = [...nodes].sort((a, b) => a.node.localeCompare(b.node)).map(node => this.node(node));
    this.root.replaceChildren(...made);
  }

  node({node, level, message, values}) {
    const details = element('details', `level-${level}`);
    details.dataset.node = node;
    details.dataset.level = level;
    details.append(element('summary', '', node), element('p', 'message', message));
    details.open = this.touched.has(node) ? this.open.has(node) : this.isAlone || (level > 0 && level < 3);
    details.addEventListener('toggle', () => {
      this.touched.add(node);
      if (details.open) this.open.add(node); else this.open.delete(node);
    });
    const stages = Object.keys(values).filter(key => key.endsWith(MEDIAN));
    const longest = Math.max(...stages.map(key => Number(values[key])), 1);
    for (const key of stages) {
      const name = key.slice(0, -MEDIAN.length);
      details.append(bar(name, Number(values[key]), values[name + P95], longest));
    }
    const table = element('table', '');
    for (const [key, value] of Object.entries(values)) {
      if (key.endsWith(MEDIAN) || key.endsWith(P95) || value === '') continue;
      const row = element('tr', BAD.test(key) && Number(value) > 0 ? 'bad' : '');
      row.append(element('td', '', key), element('td', '', value));
      table.append(row);
    }
    details.append(table);
    return details;
  }
}
