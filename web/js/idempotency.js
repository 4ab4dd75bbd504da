/** A random idempotency key. crypto.randomUUID() requires HTTPS or localhost; S3 website hosting is plain HTTP. */
export function newIdempotencyKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
