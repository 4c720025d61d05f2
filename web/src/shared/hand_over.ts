/** Lets the browser save a file that was asked for here, where a refusal can be told; a link would only say "failed". */
export function handOver(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  // Once the browser has taken it; how long that takes nobody tells.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
