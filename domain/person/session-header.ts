/** The header in which a page names the session that it shows, by its public id (`ses_…`). */
export const sessionHeader = 'x-session-id';
