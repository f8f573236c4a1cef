// The colour of an id: the same as on drawn pictures (visualization/drawing.py).
export function colourOf(id) {
  if (!id) return '#aaaaaa';
  const hue = (id * 0.618034) % 1;
  const saturation = [0.85, 0.65][Math.floor(id / 5) % 2];
  const channel = n => {
    const k = (n + hue * 6) % 6;
    return Math.round(255 * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1))));
  };
  return `rgb(${channel(5)},${channel(3)},${channel(1)})`;
}

// Dark or light, whichever is read better on a colour.
export function inkOn(colour) {
  const [red, green, blue] = colour.startsWith('#') ? [170, 170, 170] : colour.match(/\d+/g).map(Number);
  return 0.299 * red + 0.587 * green + 0.114 * blue > 120 ? '#191919' : '#ffffff';
}
