// Sharing an address: by the phone's own sheet where there is one, else by copying, else by showing it.

/** Share `url`; resolves to "shared", "copied", "cancelled" or "shown" (nothing was possible: show it). */
export async function share({ title, url }) {
  if (navigator.share) {
    try {
      await navigator.share({ title, url });
      return "shared";
    } catch (error) {
      if (error.name === "AbortError") return "cancelled";
    }
  }
  try {
    await navigator.clipboard.writeText(url);
    return "copied";
  } catch {
    return "shown";
  }
}
