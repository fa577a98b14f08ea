import type { ApprovalTables } from './approval/tables.ts';
import type { HeadTables } from './audit/tables.ts';
import type { ClassificationTables } from './classification/tables.ts';
import type { ContentTables } from './content/tables.ts';
import type { KeyTables } from './key/tables.ts';
import type { ModelTables } from './model/tables.ts';
import type { PersonTables, SessionTables } from './person/tables.ts';
import type { PolicyTables } from './policy/tables.ts';
import type { RequestTables } from './request/tables.ts';
import type { TenantListTables } from './tenant/tables.ts';
import type { UpkeepTables } from './upkeep/tables.ts';

// Each noun's tables are in its folder, every column in the form that test/stores/schema.test.ts compares with the
// migrated database: one line each.

/** Schema of each tenant. */
export interface TenantTables
  extends ApprovalTables,
    ClassificationTables,
    ContentTables,
    ModelTables,
    PersonTables,
    PolicyTables,
    RequestTables {}

/** Schema `openclaw`. */
export interface DirectoryTables
  extends HeadTables,
    KeyTables,
    SessionTables,
    TenantListTables,
    UpkeepTables {}
