import { groupOf, nameOf, type PolicyField } from './field.ts';
import { isOversight } from './oversight.ts';
import { type ActionsRules, autonomyLevels } from './rules.ts';
import { type PointValue, pointKey, type Statement } from './statement.ts';

/** How far each action may go by itself: override maps as a total function of action and effect. */
export const actionsFields: readonly PolicyField<ActionsRules>[] = [
  {
    name: 'autonomy',
    direction: 'vocabulary',
    order: autonomyLevels,
    beyond: 'is less restrictive than',
    state: stateAutonomy,
    where: whereAutonomy,
    enterpriseOnly: (key) => isOversight(nameOf(key)),
  },
];

/** The effect of an action is known only when it runs, so an override holds for both; a default is for writes. */
function stateAutonomy(rules: ActionsRules, { topmost }: { topmost: boolean }): Statement {
  const points = new Map<string, PointValue>();
  const byDefault = rules.default_autonomy ?? (topmost ? 'approve' : undefined);
  if (byDefault !== undefined) points.set(pointKey('write'), byDefault);
  if (topmost) points.set(pointKey('read'), 'autonomous');
  for (const [action, autonomy] of Object.entries(rules.action_overrides ?? {})) {
    points.set(pointKey('read', action), autonomy);
    points.set(pointKey('write', action), autonomy);
  }
  return points;
}

function whereAutonomy(key: string): string | undefined {
  const group = groupOf(key);
  if (nameOf(key) === '*') return group === 'write' ? 'default_autonomy' : undefined;
  return actionNamedAsRead(nameOf(key)) === (group === 'read')
    ? `action_overrides.${nameOf(key)}`
    : undefined;
}

/** Which of the two points of an action stands for its override. */
export function actionNamedAsRead(action: string): boolean {
  return /_(read|search|list)$/.test(action);
}
