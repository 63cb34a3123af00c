/** What a Datanet requires of contributors and of models. */
export interface DatanetPolicy {
  /** Only listed contributors, curators and the owner may add records. */
  readonly permissionedContribution: boolean
  /** A model may name the Datanet only if the account that registers the model has access. */
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
