/** What a Datanet asks of others. */
export interface DatanetPolicy {
  /** Records are taken from listed contributors, curators and the owner only. */
  readonly permissionedContribution: boolean
  /** Models may name it only if who registers them has access. */
  readonly permissionedAccess: boolean
  /** Listed contributors have access without a grant. */
  readonly contributorsHaveAccess: boolean
}

/** Anyone may contribute, anyone may train. */
export const openPolicy: DatanetPolicy = {
  permissionedContribution: false,
  permissionedAccess: false,
  contributorsHaveAccess: false,
}
