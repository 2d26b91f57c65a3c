/** The API as who pays by a link sees it: the same operations, of what the link is for alone. */
import type { Api, LinkBearer } from "../../api/calls";
import { ApiError } from "../../api/client";

/** `onOver` hears that the link has to be opened again. */
export function apiOfLink(api: Api, by: LinkBearer, onOver: () => void): Api {
  const heard = async <T>(asked: Promise<T>): Promise<T> => {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof ApiError && error.code === "link_over") onOver();
      throw error;
    }
  };
  return {
    ...api,
    getQuote: (_account, _scope, signal) => heard(api.quoteOfLink(by, signal)),
    startPayment: (_account, body, key) => heard(api.startByLink(by, body, key)),
    getPayment: (_account, id, signal) => heard(api.lookByLink(by, id, signal)),
    checkPayment: (_account, id) => heard(api.checkByLink(by, id)),
    cancelPayment: (_account, id) => heard(api.cancelByLink(by, id)),
  };
}
