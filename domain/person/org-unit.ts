const pattern = /^[\p{L}\p{N}][\p{L}\p{N} ._-]*(\/[\p{L}\p{N}][\p{L}\p{N} ._-]*)*$/u;
const longest = 200;

/**
 * An org unit in the form in which units are compared: a slash path in lower case, composed Unicode, without slashes at
 * its ends, so that nobody escapes the policies of their unit by spelling it differently. `undefined` for anything that
 * is no such path; `''` for none.
 */
export function normalOrgUnit(text: string): string | undefined {
  // Before the expression below, so that a huge text costs nothing.
  if (text.length > longest * 2) return undefined;
  const unit = text
    .normalize('NFC')
    .replace(/^\/+|\/+$/g, '')
    .toLowerCase();
  if (unit === '') return '';
  const names = unit.split('/');
  const clean = names.every((name) => name === name.trim() && !/^\.+$/.test(name));
  return clean && unit.length <= longest && pattern.test(unit) ? unit : undefined;
}
