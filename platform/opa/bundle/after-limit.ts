/** Calls `act` once the time is over, unless what it returns is called before. */
export function afterLimit(limitMs: number, act: () => void): () => void {
  let calledOff = false;
  const timer = setTimeout(() => {
    // One turn of the loop: when it was we who stood still, the answer lies there already.
    setImmediate(() => {
      if (!calledOff) act();
    });
  }, limitMs);
  return () => {
    calledOff = true;
    clearTimeout(timer);
  };
}
