/**
 * A right that a role of an installation has, and why. All of them are listed in this folder, and a test compares the lists
 * with the catalogues of real databases, both ways (test/platform/database/grants.test.ts): a migration that grants or
 * revokes something changes them in the same commit.
 */
export interface Right {
  /** Roles without the prefix of the installation, with `, ` between them; `tenant` is that of each tenant. */
  to: string;
  may: string;
  /**
   * Tables (`sessions`), columns (`sessions (sealed, seen_at)`), functions with the types that they take
   * (`erase_subject(text)`; `@` is the schema), or a role (`role directory`).
   */
  on: readonly string[];
  why: string;
}
