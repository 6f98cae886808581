/** How JavaScript's template languages (Handlebars, Nunjucks, Mustache there) write values: lists without brackets, nothing for null. */
import type { Budget } from './budget';
import { Tuple, Undefined } from './pythonValues';

/** JavaScript's `String`, with '' for what has no value. Pays for its length. */
export function scriptText(value: unknown, budget: Budget, depth = 0): string {
  budget.spend();
  if (value === null || value === undefined || value instanceof Undefined || depth > 50) return '';
  if (typeof value === 'string') {
    // A text alone is not copied.
    if (depth > 0) budget.spendText(value.length);
    return value;
  }
  const items = value instanceof Tuple ? value.items : value;
  if (Array.isArray(items)) return items.map((item) => scriptText(item, budget, depth + 1)).join(',');
  return typeof value === 'object' ? '[object Object]' : String(value);
}
