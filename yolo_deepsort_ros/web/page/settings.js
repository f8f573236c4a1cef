// Parameters as sliders and switches, made from what the nodes say of them; services as buttons.
function element(kind, className, text = '') {
  const made = document.createElement(kind);
  made.className = className;
  made.textContent = text;
  return made;
}

export class Settings {
  constructor(root, link) {
    this.root = root;
    this.link = link;
    this.nodes = new Map();
  }

  take(message, mayControl) {
    const nodes = message.nodes ?? {};
    for (const [name, made] of this.nodes) {
      if (!(name in nodes)) { made.root.remove(); this.nodes.delete(name); }
    }
    for (const name of Object.keys(nodes).sort()) this.node(name, nodes[name], mayControl);
    this.root.parentElement.hidden = !this.nodes.size;
  }

  node(name, {actions, parameters}, mayControl) {
    let made = this.nodes.get(name);
    const shape = JSON.stringify([actions, parameters.map(({value, ...rest}) => rest), mayControl]);
    if (!made || made.shape !== shape) {
      made?.root.remove();
      made = {shape, root: element('details', ''), setters: new Map()};
      made.root.dataset.node = name;
      made.root.append(element('summary', '', name));
      this.actions(made.root, name, actions, mayControl);
      const fixed = element('details', '');
      fixed.append(element('summary', '', 'set before the start'));
      for (const each of parameters) {
        const row = this.row(name, each, mayControl && each.is_live, made.setters);
        (each.is_live ? made.root : fixed).append(row);
      }
      if (fixed.children.length > 1) made.root.append(fixed);
      this.nodes.set(name, made);
      this.root.append(made.root);
    }
    for (const each of parameters) made.setters.get(each.name)(each.value);
  }

  actions(root, node, actions, mayControl) {
    const row = element('div', 'actions'), said = element('p', 'quiet');
    for (const action of actions) {
      const button = element('button', '', action);
      button.type = 'button';
      button.disabled = !mayControl;
      button.addEventListener('click', () => this.link.ask({do: 'call', node, action}, (isDone, text) => {
        said.textContent = text || (isDone ? 'done' : 'refused');
      }));
      row.append(button);
    }
    if (actions.length) root.append(row, said);
  }

  row(node, about, mayChange, setters) {
    const row = element('div', 'setting'), label = element('label', '');
    row.dataset.name = about.name;
    label.append(element('span', '', about.name), element('span', 'quiet', about.unit));
    const value = element('div', 'value'), said = element('p', 'said');
    said.hidden = true;
    const set = wanted => this.link.ask({do: 'set', node, name: about.name, value: wanted}, (isDone, text) => {
      said.hidden = isDone;
      said.textContent = isDone ? '' : text;
      if (!isDone) setters.get(about.name)(about.value);
    });
    const show = input(value, about, set);
    setters.set(about.name, now => { about.value = now; show(now); });
    for (const each of value.children) each.disabled = !mayChange;
    row.append(label, value, element('p', 'text', about.text), said);
    return row;
  }
}

// Fill in what changes a value; return what shows another one.
function input(root, about, set) {
  const field = element(about.choices.length ? 'select' : 'input', '');
  field.setAttribute('aria-label', about.name);
  root.append(field);
  const show = now => { if (document.activeElement !== field) field.value = now; };
  if (about.kind === 'bool') {
    field.type = 'checkbox';
    field.addEventListener('change', () => set(field.checked));
    return now => { field.checked = now; };
  }
  if (about.choices.length) {
    for (const choice of about.choices) field.append(new Option(choice || '(empty)', choice));
    field.addEventListener('change', () => set(field.value));
    return show;
  }
  if (['str', 'list', 'numbers'].includes(about.kind)) {
    field.type = 'text';
    field.addEventListener('change', () => set(field.value));
    return show;
  }
  field.type = 'number';
  field.step = about.kind === 'int' ? about.step : 'any';
  field.addEventListener('change', () => { if (field.value !== '') set(Number(field.value)); });
  if (about.low === null || about.high === null) return show;
  const slider = element('input', '');
  slider.type = 'range';
  slider.setAttribute('aria-label', `${about.name} slider`);
  const position = positions(about, slider);
  slider.addEventListener('input', () => { field.value = position.value(Number(slider.value)); });
  slider.addEventListener('change', () => set(position.value(Number(slider.value))));
  root.prepend(slider);
  return now => { show(now); if (document.activeElement !== slider) slider.value = position.of(now); };
}

// Where a slider stands for a value: wide ranges by powers, so that small values can be met.
function positions({low, high, step, kind}, slider) {
  const isWide = high - low > 1000 && low >= 0;
  const round = value => kind === 'int' ? low + step * Math.round((value - low) / step)
    : Number(value.toPrecision(3));
  Object.assign(slider, isWide ? {min: 0, max: 1000, step: 1}
    : {min: low, max: high, step: kind === 'int' ? step : (high - low) / 200});
  if (!isWide) return {value: round, of: value => value};
  return {
    value: at => Math.min(high, round(low + Math.expm1(at / 1000 * Math.log1p(high - low)))),
    of: value => 1000 * Math.log1p(value - low) / Math.log1p(high - low),
  };
}
