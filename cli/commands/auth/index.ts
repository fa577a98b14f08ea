import type { CommandGroup } from '../command-group.ts';
import { authLoginCommand } from './login.ts';
import { authLogoutCommand } from './logout.ts';
import { authWhoamiCommand } from './whoami.ts';

export const authCommands: CommandGroup = {
  name: 'auth',
  about: 'sign in and out',
  commands: [authLoginCommand, authLogoutCommand, authWhoamiCommand],
};
