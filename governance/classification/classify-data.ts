import type { DataTouched } from '#domain/audit/audit.ts';
import { type Classification, raisedTo } from '#domain/classification/classification.ts';
import { itemKey } from '#domain/classification/classified-item.ts';
import { type ContentFinding, findInContent } from '#domain/classification/classify-content.ts';
import { type AssignedLabel, assignLabel } from '#domain/classification/classify-item.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { ClassificationStore, SeenLabel } from '#stores/classification/classifications.ts';
import type { RegisteredAction } from '../registered-action.ts';
import type { ReadDataRules } from './classify-rules.ts';

/** How confidential a content is in the opinion of a model; `null` when none is configured, allowed, or answers. */
export type SuggestLabel = (actor: Actor, content: unknown) => Promise<Classification | null>;

interface ClassifyDataOptions {
  classifications: ClassificationStore;
  /** Reads policy's `default_classification`; absent = data without a label is internal. */
  readDataRules?: ReadDataRules;
  /** Asked in addition to the patterns; it can only raise. */
  suggest?: SuggestLabel;
}

/** The label that administrators gave to one item. */
export interface TargetLabel {
  /** `github:acme/website#7` */
  item: string;
  /** `null` when they gave none. */
  override: Classification | null;
}

export interface ClassifyData {
  /** The label that administrators gave to one item, `github:acme/website#7`, as it holds for this person. */
  ofItem(actor: Actor, item: string): Promise<TargetLabel>;
  /** The data that an action touched, as it is audited and as its result is labelled. */
  touched(
    actor: Actor,
    action: RegisteredAction,
    call: { input: unknown; output: unknown; target: TargetLabel | null },
  ): Promise<readonly DataTouched[]>;
  /** Label of data that has none of its own: the one in policy, else internal (spec/enterprise.md §1.5). */
  unlabelled(actor: Actor): Promise<Classification>;
  /** One item: the label of its source, its content, and the label by administrators (spec/enterprise.md §1.5). */
  item(
    actor: Actor,
    item: { itemId: string; base: Classification | undefined; content: unknown },
  ): Promise<AssignedLabel>;
}

/** Assigns labels; throws `DATABASE_UNAVAILABLE` when the labels by administrators can't be read. */
export function createClassifyData({
  classifications,
  readDataRules = async () => ({}),
  suggest = async () => null,
}: ClassifyDataOptions): ClassifyData {
  const overridesFor = ({ tenantId, orgUnit }: Actor, itemIds: readonly string[]) =>
    classifications.overrides(tenantId, orgUnit, [...new Set(itemIds)]);
  const unlabelled = async (actor: Actor) =>
    (await readDataRules(actor)).default_classification ?? 'internal';
  return {
    async ofItem(actor, item) {
      return { item, override: (await overridesFor(actor, [item])).get(item) ?? null };
    },
    async touched(actor, action, { input, output, target }) {
      const items = action.dataTouched(input, output);
      const keyOf = (item: DataTouched) => itemKey({ ...item, ignoresCase: action.ignoresCase });
      const contents = items.map((item) => action.contentOf?.(output, item.itemId) ?? { input, output });
      // Items of one call often share a content, which is looked through once.
      const found = new Map<unknown, readonly ContentFinding[]>();
      const findings = contents.map((content) => {
        const known = found.get(content) ?? findInContent(content);
        found.set(content, known);
        return known;
      });
      const [overrides, suggested] = await Promise.all([
        overridesFor(
          actor,
          items.map(keyOf).filter((item) => item !== target?.item),
        ),
        items.length === 0 ? null : suggest(actor, output),
      ]);
      const labelled = items.map((item, at) => {
        const evidence = {
          base: item.classification,
          findings: findings[at] ?? [],
          suggested,
          override: keyOf(item) === target?.item ? target.override : (overrides.get(keyOf(item)) ?? null),
        };
        return { ...item, classification: assignLabel(evidence).classification };
      });
      await classifications.noteSeen(
        actor.tenantId,
        items.flatMap((item, at) => seenLabel(item, keyOf(item), findings[at] ?? [])),
      );
      return labelled;
    },
    unlabelled,
    async item(actor, { itemId, base: stated, content }) {
      const base = stated ?? (await unlabelled(actor));
      const [overrides, suggested] = await Promise.all([
        overridesFor(actor, [itemId]),
        suggest(actor, content),
      ]);
      const override = overrides.get(itemId) ?? null;
      return assignLabel({ base, findings: findInContent(content), suggested, override });
    },
  };
}

/** Only an item whose content is more confidential than its source says is worth remembering. */
function seenLabel(
  item: DataTouched,
  itemId: string,
  findings: readonly ContentFinding[],
): readonly SeenLabel[] {
  const label = findings.reduce(
    (raised, found) => raisedTo(raised, found.classification),
    item.classification,
  );
  if (label === item.classification) return [];
  return [
    {
      itemId,
      originalLevel: item.classification,
      classification: label,
      reasons: findings.map(({ reason }) => reason),
    },
  ];
}
