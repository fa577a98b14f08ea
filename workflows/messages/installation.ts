/** Start arguments of the recurring work for the whole installation. */
export interface InstallationInput {
  tenantId: string;
}
