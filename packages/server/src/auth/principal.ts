/** Who acts. Made by authentication, passed along as a value. */
export interface Principal {
  readonly accountId: string;
  readonly kind: 'USER' | 'SERVICE_ACCOUNT';
  /** Of the user or of the service account. */
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  /** A browser's cookie needs protection against requests that other sites make in its name; a token does not. */
  readonly by: 'token' | 'session';
}
