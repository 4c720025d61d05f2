// When cases come and go, the queue is read again.
import { useEffect } from "react";
import { queries } from "@/api/queries";

export function useCasesNews(): void {
  useEffect(() => {
    const source = new EventSource("/api/v1/work/live");
    // `hello` and `reset` say that anything may have changed: the queue was read before the stream was open.
    for (const topic of ["cases", "hello", "reset"])
      source.addEventListener(topic, () => void queries.invalidateQueries({ queryKey: ["queue"] }));
    return () => source.close();
  }, []);
}
