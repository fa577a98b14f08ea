import { type Envelope, keyIdOf } from '#platform/crypto/envelope.ts';

/** Whose key it is. The sealed key is bound to this, so that no row opens in place of another. */
interface KeyPlace {
  tenantId: string;
  id: string;
}

/** The key as its row stores it, sealed by the active master key. */
export function wrapKey(
  master: Envelope,
  place: KeyPlace,
  key: Uint8Array,
): { sealed: Uint8Array; wrapped_by: string } {
  const sealed = master.seal(key, placeOf(place));
  return { sealed, wrapped_by: keyIdOf(sealed) };
}

/** `undefined` for a destroyed key, and while its master key is missing. */
export function unwrapKey(
  master: Envelope,
  place: KeyPlace,
  sealed: Uint8Array | null,
): Uint8Array | undefined {
  if (sealed === null) return undefined;
  try {
    return master.open(sealed, placeOf(place));
  } catch {
    return undefined;
  }
}

/** A key whose new form does not open is the one that it was before. */
export function unwrapEither(
  master: Envelope,
  place: KeyPlace,
  { sealed, sealed_before: before }: { sealed: Uint8Array | null; sealed_before: Uint8Array | null },
): Uint8Array | undefined {
  return unwrapKey(master, place, sealed) ?? unwrapKey(master, place, before);
}

function placeOf({ tenantId, id }: KeyPlace): string {
  return `data-key|${tenantId}|${id}`;
}
