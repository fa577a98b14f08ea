/** Start arguments of what comes round for the whole installation. */
export interface InstallationInput {
  tenantId: string;
}
