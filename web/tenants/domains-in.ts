/** `acme.test, www.acme.test` as a list: what stands between commas or spaces, in lower case, each once. */
export function domainsIn(text: string): string[] {
  const parts = text.toLowerCase().split(/[\s,;]+/u);
  return [...new Set(parts.filter((part) => part !== ''))];
}
