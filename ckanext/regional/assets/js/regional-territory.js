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
      regionalName(select);
    },
  };
});

/* Select2 gives its box no name of its own: a screen reader would say “combo box” and nothing else. */
function regionalName(select) {
  var label = document.querySelector('label[for="' + select.attr("id") + '"]');
  var box = select.next(".select2-container");
  if (!label || !box.length) return;
  var name = label.textContent.replace("*", "").trim();
  box.find(".select2-selection").removeAttr("aria-labelledby").attr("aria-label", name);
  box.find(".select2-selection__rendered").removeAttr("role aria-readonly");
  box.find(".select2-search__field").removeAttr("role").attr("aria-label", name);
}

/* The same for the fields of a form that CKAN's own autocomplete made. */
ckan.module("regional-named", function ($) {
  return {
    initialize: function () {
      var form = this.el;
      $(function () {
        window.setTimeout(function () {
          form.find(".select2-hidden-accessible").each(function () {
            regionalName($(this));
          });
        }, 0);
      });
    },
  };
});
