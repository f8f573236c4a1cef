// The WebSocket: comes back by itself, and hands on what it brings.
const AGAIN = [500, 1000, 2000, 4000];  // ms

export class Link {
  constructor(onMessage, onPicture, onState) {
    this.onMessage = onMessage;
    this.onPicture = onPicture;
    this.onState = onState;
    this.tries = 0;
    this.tag = 0;
    this.waiting = new Map();
    this.open();
  }

  open() {
    const address = new URL('api/live', location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    const socket = this.socket = new WebSocket(address);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => { this.tries = 0; this.openedAt = performance.now(); this.onState('live'); };
    socket.onclose = () => {
      for (const done of this.waiting.values()) done(false, 'the connection is lost');
      this.waiting.clear();
      this.onState('lost');
      setTimeout(() => this.open(), AGAIN[Math.min(this.tries++, AGAIN.length - 1)]);
    };
    socket.onmessage = ({data}) => {
      if (typeof data !== 'string') {
        const length = new DataView(data).getUint32(0, true);
        const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
        this.onPicture(header, new Blob([new Uint8Array(data, 4 + length)], {type: 'image/jpeg'}));
        return;
      }
      const message = JSON.parse(data);
      if (message.type === 'answer') {
        this.waiting.get(message.tag)?.(message.is_done, message.text);
        this.waiting.delete(message.tag);
      } else {
        this.onMessage(message);
      }
    };
  }

  send(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  // Ask for something; the answer says whether it is done, and a word.
  ask(message, done = () => {}) {
    const tag = ++this.tag;
    if (this.socket.readyState !== WebSocket.OPEN) return done(false, 'there is no connection');
    this.waiting.set(tag, done);
    this.send({...message, tag});
  }
}
