/** Fresh main and audit databases of one test file, tenants `acme` and `globex` provisioned. */
export interface TestDatabases {
  /** Runtime login. */
  databaseUrl: string;
  auditDatabaseUrl: string;
  /** Superuser, on the same two databases. */
  adminUrl: string;
  auditAdminUrl: string;
  /** Prefix of this run's roles. */
  prefix: string;
  drop(): Promise<void>;
}

/** Clones of the run's template databases; made by the first caller of the run. */
export declare function createTestDatabases(): Promise<TestDatabases>;
