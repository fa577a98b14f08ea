/** A time as the log writes it, `YYYY-MM-DDTHH:MM:SS.mmmZ`, in milliseconds since the epoch; `NaN` for any other text. */
export function timeOf(text: string): number {
  const ms = Date.parse(text);
  return Number.isFinite(ms) && new Date(ms).toISOString() === text ? ms : Number.NaN;
}
