package timesheets.web;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** The API's exports for whoever has the cookie of a session: row by row, as the API sends them, with its filters. */
@Controller
class ExportPages {

    @GetMapping("/{resource:customers|projects|time-entries}.csv")
    String export(@PathVariable String resource) {
        return "forward:/api/" + resource + "/export?format=csv";
    }
}
