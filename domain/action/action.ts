/** What an action does to the world. */
export type Effect = 'read' | 'write' | 'destructive';

/** The facts of an action that policy, audit and approvals need; the registry of connectors is their table. */
export interface ActionFacts {
  /** The tool name, for example `github_issue_comment` (spec/enterprise.md §1.6, decisions.md 28). */
  id: string;
  /** The data source, for example `github`; `openclaw` for what the system reads of its own data. */
  connector: string;
  /** Its name in the `allowed_operations` of policies, for example `comment_issue`. */
  operation: string;
  effect: Effect;
}

/** Where the values of an action came from; text from outside never acts without a human. */
export type Origin = 'user' | 'outside';

/**
 * An action that a planner proposed. It refers to its input by id, so that workflow histories contain no personal text.
 */
export interface PlannedAction {
  /** Position within the request, from 1. */
  n: number;
  /** Action id of the registry. */
  action: string;
  /** Id of the encrypted content row that holds the input. */
  inputRef: string;
  /** SHA-256 (hex) of the input's canonical JSON. */
  inputDigest: string;
  /** Its target, for people: `acme/website#7`. Never the text itself. */
  target: string;
  origin: Origin;
}
