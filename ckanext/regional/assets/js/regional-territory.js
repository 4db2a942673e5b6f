"use strict";

/* Turns the text field of territory codes into a search over names, with what was chosen shown by name.
 * Without JavaScript the field stays what it is: codes or names, with commas between them.
 *
 * source - the address that answers {results: [{id, text}]}
 * places - what is chosen now: [{code, name, path}]
 */
ckan.module("regional-territory", function ($) {
  return {
    options: { source: null, places: [] },

    initialize: function () {
      var input = this.el;
      var select = $("<select multiple>").attr({ name: input.attr("name"), class: input.attr("class") });
      (this.options.places || []).forEach(function (place) {
        select.append(new Option(place.name, place.code, true, true));
      });
      input.removeAttr("name").hide().after(select);
      // The label must lead to what can be typed in.
      select.attr("id", input.attr("id"));
      input.removeAttr("id");
      select.select2({
        width: "100%",
        placeholder: input.attr("placeholder"),
        ajax: {
          url: this.options.source,
          delay: 200,
          data: function (params) {
            return { q: params.term };
          },
        },
      });
    },
  };
});
