/** The user id that stands in rows in place of an erased person's; `id`: of their subject, or of the erasure. */
export function erasedAlias(id: string): string {
  return `erased:${id}`;
}

/** Does this id stand for an erased person? */
export function isErasedAlias(userId: string): boolean {
  return /^erased:(sub|ers)_[0-9A-HJKMNP-TV-Z]{26}$/.test(userId);
}
