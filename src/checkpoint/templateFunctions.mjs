/** The functions that transformers and Jinja2 give to a chat template. */
import { Range, whole } from './templateValues.mjs';

const months = 'January February March April May June July August September October November December'.split(' ');
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** Python's strftime in the C locale; a template's dates are English whatever language the editor has. */
export function strftimeNow(format) {
  const now = new Date();
  const two = (number) => String(number).padStart(2, '0');
  const fields = {
    Y: now.getFullYear(),
    y: two(now.getFullYear() % 100),
    m: two(now.getMonth() + 1),
    d: two(now.getDate()),
    H: two(now.getHours()),
    I: two(now.getHours() % 12 || 12),
    M: two(now.getMinutes()),
    S: two(now.getSeconds()),
    p: now.getHours() < 12 ? 'AM' : 'PM',
    B: months[now.getMonth()],
    b: months[now.getMonth()].slice(0, 3),
    A: days[now.getDay()],
    a: days[now.getDay()].slice(0, 3),
    e: String(now.getDate()).padStart(2),
    F: `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`,
    T: `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`,
    '%': '%',
  };
  return format.replace(/%(-?)(.)/g, (all, bare, field) => {
    if (fields[field] === undefined) throw new Error(`strftime_now: "${all}" is not supported`);
    return bare ? String(fields[field]).replace(/^[0 ](?=.)/, '') : String(fields[field]);
  });
}

export function range(args) {
  const bounds = args.map((bound) => bound.value);
  if (bounds.length < 1 || bounds.length > 3 || !bounds.every(Number.isInteger))
    throw new Error('range takes 1 to 3 whole numbers');
  const [start, stop, step = 1] = bounds.length === 1 ? [0, bounds[0]] : bounds;
  if (step === 0) throw new Error('range() arg 3 must not be zero');
  const length = Math.max(0, Math.ceil((stop - start) / step));
  // Jinja's sandbox has this limit.
  if (length > 100_000) throw new Error('a range is too long');
  const items = Array.from({ length }, (_, at) => whole(start + at * step));
  return new Range(items, bounds.length < 3 || step === 1 ? [start, stop] : [start, stop, step]);
}
