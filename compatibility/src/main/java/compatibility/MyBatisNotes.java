package compatibility;

import java.util.List;
import java.util.UUID;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;

@Mapper
interface MyBatisNotes {

    @Select("select text from note where tenant_id = #{tenant} order by text")
    List<String> of(@Param("tenant") UUID tenant);

    @Select("select text from note")
    List<String> ofAll();

    @Insert("insert into note (id, tenant_id, version, text) values (#{id}, #{tenant}, 0, #{text})")
    int add(UUID id, UUID tenant, String text);

    @Select("select code from country order by code")
    List<String> countries();
}
