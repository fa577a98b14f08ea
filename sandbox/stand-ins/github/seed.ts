import { type Account, accounts, type Step } from '../../stand-in/world.ts';

/** Token of the stand-in's bot account: no secret, it gives access to nothing but the stand-in. */
export const standInToken = 'stand-in-github-token';

/** The same bot, come as the installation of an App: as GitHub knows it by the first letters. No secret either. */
export const standInAppToken = 'ghs_stand-in-github-app-token';

/** Seed in the form of `emulate`; the first of its accounts is the one that our token belongs to. */
export const seed = {
  users: Object.values(accounts),
  orgs: [
    {
      login: 'acme',
      name: 'Acme',
      members: Object.values(accounts).map(({ login }) => ({ login, role: 'admin' })),
    },
  ],
  repos: [
    { owner: 'acme', name: 'website', description: 'The public web site (stand-in)' },
    { owner: 'acme', name: 'payroll', description: 'A private repository (stand-in)', private: true },
  ],
};

const website = '/repos/acme/website';
const payroll = '/repos/acme/payroll';

const issue = (by: Account, repo: string, title: string): Step => ({
  by,
  method: 'POST',
  path: `${repo}/issues`,
  body: { title },
});

const close = (path: string): Step => ({ by: 'maria', method: 'PATCH', path, body: { state: 'closed' } });

const pull = (by: Account, repo: string, title: string): Step => ({
  by,
  method: 'POST',
  path: `${repo}/pulls`,
  body: { title, head: title.toLowerCase().replaceAll(/[^a-z]+/g, '-'), base: 'main' },
});

/** What happened in the world before we came; numbers count up per repository. */
export const history: readonly Step[] = [
  issue('maria', website, 'Set up the style guide'),
  close(`${website}/issues/1`),
  issue('jonas', website, 'Search finds nothing with umlauts'),
  issue('maria', website, 'Contact form loses the phone number'),
  pull('jonas', website, 'Update the fonts'),
  close(`${website}/pulls/4`),
  issue('maria', website, 'Images are not cached'),
  close(`${website}/issues/5`),
  issue('jonas', website, 'Page titles repeat the company name'),
  issue('maria', website, 'Footer links are broken'),
  {
    by: 'jonas',
    method: 'POST',
    path: `${website}/issues/7/comments`,
    body: { body: 'Seen on every page but the front page.' },
  },
  issue('jonas', website, 'Dark mode flickers on load'),
  pull('jonas', website, 'Rewrite the footer'),
  pull('maria', website, 'Cache images for a week'),
  issue('maria', payroll, 'Overtime is rounded down'),
  pull('jonas', payroll, 'Round overtime to minutes'),
];
