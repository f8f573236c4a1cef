// Parameters as sliders and switches, made from what the nodes say of them; services as buttons.
import {element} from './element.js';

// What nodes say on /diagnostics while they rest, unless there is something worse to say.
const PAUSED = '~/set_paused goes on', ASLEEP = '~/set_enabled wakes it';
const GOOD = 0;  // level

export class Settings {
  constructor(root, link) {
    this.root = root;
    this.link = link;
    this.nodes = new Map();
  }

  take(message, mayControl) {
    // Only those that have something to set or to press.
    const nodes = Object.fromEntries(Object.entries(message.nodes ?? {})
      .filter(([, {actions, parameters}]) => actions.length + parameters.length));
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
      made = {shape, root: element('details', ''), setters: new Map(), buttons: new Map()};
      made.root.dataset.node = name;
      made.root.append(element('summary', '', name));
      this.actions(made, name, actions, mayControl);
      for (const each of parameters) made.root.append(this.row(name, each, mayControl, made.setters));
      this.nodes.set(name, made);
      const next = [...this.nodes.keys()].sort().find(other => other > name);
      this.root.insertBefore(made.root, next ? this.nodes.get(next).root : null);
    }
    for (const each of parameters) made.setters.get(each.name)(each.value);
  }

  // Mark which button's state is in force, as far as the nodes' diagnostics tell.
  takeHealth(nodes) {
    for (const {node, level, message} of nodes) {
      const buttons = this.nodes.get(node)?.buttons ?? new Map();
      for (const [rests, text, goesOn] of [['pause', PAUSED, 'go on'], ['disable', ASLEEP, 'enable']]) {
        const isResting = message.includes(text);
        mark(buttons.get(rests), level === GOOD && isResting);
        mark(buttons.get(goesOn), level === GOOD && !isResting);
      }
    }
  }

  actions({root, buttons}, node, actions, mayControl) {
    const row = element('div', 'actions'), said = element('p', 'quiet');
    for (const action of actions) {
      const button = element('button', '', action);
      button.type = 'button';
      button.disabled = !mayControl;
      button.addEventListener('click', () => this.link.ask({do: 'call', node, action}, (isDone, text) => {
        said.textContent = text || (isDone ? 'done' : 'refused');
      }));
      buttons.set(action, button);
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
      if (isDone) about.value = wanted;
      say(isDone ? '' : text);
    });
    const say = text => {
      said.hidden = !text;
      said.textContent = text;
      if (text) show(about.value, true);  // the value in force
    };
    const show = input(value, about, set, say);
    setters.set(about.name, now => { about.value = now; show(now, false); });
    for (const each of value.children) each.disabled = !mayChange;
    row.append(label, value, element('p', 'text', about.text), said);
    return row;
  }
}

function mark(button, isNow) {
  button?.classList.toggle('now', isNow);
  button?.setAttribute('aria-pressed', isNow);
}

// Fill in what changes a value; return what shows another one, in a field in use only if it must.
function input(root, about, set, say) {
  const field = element(about.choices.length ? 'select' : 'input', '');
  field.setAttribute('aria-label', about.name);
  root.append(field);
  const show = (now, isForced) => { if (isForced || document.activeElement !== field) field.value = now; };
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
  field.addEventListener('change', () => {
    if (field.value !== '' && Number.isFinite(Number(field.value))) set(Number(field.value));
    else say('not a number');
  });
  if (about.low === null || about.high === null) return show;
  const slider = element('input', '');
  slider.type = 'range';
  slider.setAttribute('aria-label', `${about.name} slider`);
  const position = positions(about, slider);
  slider.addEventListener('input', () => { field.value = position.value(Number(slider.value)); });
  slider.addEventListener('change', () => set(position.value(Number(slider.value))));
  root.prepend(slider);
  return (now, isForced) => {
    show(now, isForced);
    if (isForced || document.activeElement !== slider) slider.value = position.of(now);
  };
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
