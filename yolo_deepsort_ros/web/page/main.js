// The page: one link, a tile for each camera, health and settings beside them.
import {GroundPoints} from './ground.js';
import {Health} from './health.js';
import {Link} from './link.js';
import {Settings} from './settings.js';
import {Tile} from './tile.js';

const WORD = 8000;  // ms that a word stays
const at = id => document.getElementById(id);
const tiles = new Map();
const health = new Health(at('health'));
let mayControl = false, followed = {camera: '', id: 0}, wordEnds = 0, lostAt = null;

const link = new Link(onMessage, (header, blob) => tileOf(header.camera).show(header, blob), onState);
const settings = new Settings(at('settings'), link);
const ground = new GroundPoints(at('ground'), link, () => tiles.forEach(tile => tile.draw()));

function tileOf(camera) {
  if (!tiles.has(camera)) {
    const tile = new Tile(camera, link, pick, ground);
    tiles.set(camera, tile);
    at('cameras').append(tile.root);
    tile.askForSize();
  }
  at('empty').hidden = tiles.size > 0;
  return tiles.get(camera);
}

function onMessage(message) {
  switch (message.type) {
    case 'hello':
      mayControl = message.may_control;
      at('record').hidden = !message.may_record;
      showRecording(false);
      at('about').textContent = mayControl ? 'click a box to follow it' : 'read-only: web_control is false';
      break;
    case 'cameras':
      for (const [name, tile] of tiles) {
        if (!message.names.includes(name)) { tile.close(); tiles.delete(name); }
      }
      message.names.forEach(tileOf);
      at('empty').hidden = tiles.size > 0;
      break;
    case 'history': tileOf(message.camera).timeline.take(message); break;
    case 'selection': follow(message); break;
    case 'health': health.take(message.nodes); settings.takeHealth(message.nodes); break;
    case 'settings':
      settings.take(message, mayControl);
      if (message.ground) { ground.take(message.ground); document.body.classList.add('grounds'); }
      break;
    case 'recording': showRecording(message.is_on); break;
    case 'word': say(message.text); break;
  }
}

function onState(state) {
  const isLive = state === 'live';
  lostAt = isLive ? null : lostAt ?? performance.now();
  at('state').textContent = isLive ? 'live' : 'connection lost, trying again';
  at('state').className = `pill ${isLive ? 'lives' : 'waits'}`;
  showSilence();
  // What is shown is old, and nothing can be asked for.
  document.body.classList.toggle('lost', !isLive);
  for (const id of ['record', 'leave', 'settings', 'ground']) at(id).disabled = !isLive;
  if (isLive) for (const tile of tiles.values()) { tile.pending = null; tile.askForSize(); }
}

// Beside the state, which is read aloud whenever it changes.
function showSilence() {
  at('silence').hidden = lostAt === null;
  const seconds = Math.floor((performance.now() - lostAt) / 1000);
  at('silence').textContent = seconds < 120 ? `for ${seconds} s` : `for ${Math.floor(seconds / 60)} min`;
}

function pick(camera, id) {
  const isSame = followed.camera === camera && followed.id === id;
  if (!mayControl) return follow({camera, id: isSame ? 0 : id});
  link.ask({do: 'select', camera, id: isSame ? 0 : id}, (isDone, text) => { if (!isDone) say(text); });
}

function follow({camera, id}) {
  followed = {camera, id};
  for (const [name, tile] of tiles) tile.choose(name === camera ? id : 0);
  showFollowed();
}

function showFollowed() {
  const {camera, id} = followed, tile = tiles.get(camera);
  const verb = mayControl ? 'following' : 'marked';
  const hidden = id && tile && !tile.isSeen(id) ? ', hidden: waiting for it' : '';
  at('follow').hidden = at('leave').hidden = !id;
  at('follow').textContent = `${verb} ${id}${camera ? ` of ${camera}` : ''}${hidden}`;
  at('about').hidden = Boolean(id) && mayControl;  // the hint has been taken
  at('leave').textContent = mayControl ? 'Stop following' : 'Unmark';
}

function showRecording(isOn) {
  at('record').classList.toggle('on', isOn);
  at('record').textContent = isOn ? 'Stop recording' : 'Record';
}

function say(text) {
  at('words').textContent = text;
  at('words').hidden = false;
  wordEnds = performance.now() + WORD;
}

at('record').addEventListener('click', () => {
  const isOn = !at('record').classList.contains('on');
  link.ask({do: 'record', is_on: isOn}, (isDone, text) => { if (!isDone) say(text); });
});
at('leave').addEventListener('click', () => pick(followed.camera, followed.id));
document.addEventListener('visibilitychange', () => tiles.forEach(tile => tile.askForSize()));
setInterval(() => {
  showFollowed();
  showSilence();
  if (performance.now() > wordEnds) at('words').hidden = true;
}, 300);
