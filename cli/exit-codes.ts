/** Exit codes of `openclaw`. `docs/cli.md` and `--help` are tested against this table. */
export const exitCodes = {
  ok: { code: 0, meaning: 'done; `ask` also when the request now waits for an approval' },
  failed: {
    code: 1,
    meaning: 'refused or failed; the request was denied, rejected, or ended without an answer',
  },
  usage: { code: 2, meaning: 'wrong command, option or configuration; nothing was sent' },
  signedOut: { code: 3, meaning: 'not signed in, or the sign-in has expired' },
  forbidden: { code: 4, meaning: 'signed in, but not allowed' },
  unavailable: { code: 5, meaning: 'the gateway, or a part it needs, cannot be reached; try again later' },
  unfinished: { code: 6, meaning: 'still going on when the time given to wait for it was over' },
  interrupted: { code: 130, meaning: 'stopped with Ctrl-C; a request that was sent goes on' },
} as const;

export type Exit = keyof typeof exitCodes;
