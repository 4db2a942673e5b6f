"use strict";

/* What the queue says when HTMX has replaced its list, and how many requests are chosen.
 *
 * told - the number of requests, in words
 */
ckan.module("regional-queue", function ($) {
  return {
    initialize: function () {
      this.el.on("change", "input[type=checkbox]", this._count.bind(this));
      this._count();
      this._leaveWhereItFails();
      // The part is new after each filter; where the focus was is gone with the old one.
      var status = document.querySelector("[data-queue-status]");
      if (!status || !document.body.dataset.regionalQueue) {
        document.body.dataset.regionalQueue = "seen";
        return;
      }
      status.textContent = this.el[0].dataset.told;
      var heading = this.el[0].querySelector("h1");
      if (document.activeElement === document.body && heading) {
        heading.tabIndex = -1;
        heading.focus({ preventScroll: true });
      }
    },

    /* Logged out meanwhile, or a server that is down: the browser goes there itself and shows what it is told. */
    _leaveWhereItFails: function () {
      this.el[0].addEventListener("htmx:beforeSwap", function (event) {
        if (event.detail.target.id !== "regional-queue") return;
        if (event.detail.xhr.responseText.indexOf('id="regional-queue"') >= 0) return;
        event.detail.shouldSwap = false;
        window.location.assign(event.detail.pathInfo.requestPath);
      });
      this.el[0].addEventListener("htmx:sendError", function (event) {
        window.location.assign(event.detail.pathInfo.requestPath);
      });
    },

    _count: function () {
      var place = this.$("[data-queue-chosen]")[0];
      if (!place) return;
      var chosen = this.$("input[type=checkbox]:checked").length;
      var words = chosen === 1 ? place.dataset.one : place.dataset.many.replace("{n}", chosen);
      place.textContent = chosen ? words : "";
    },
  };
});
