/** What a registry is told about who asks. */
export type Credential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** Traded for an access token at the token server. */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** An access token ready for use. */
  | { readonly kind: 'access-token'; readonly token: string };

export interface FoundCredential {
  /** Null: ask without signing in. */
  readonly credential: Credential | null;
  /** Something stood in the way of looking for one; a sentence for the user. Holds no secret. */
  readonly notice?: string;
  /** It was given to Holdfast itself, and not to Docker or Podman. */
  readonly isOwn?: true;
}
